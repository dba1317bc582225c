/*
 * The pages of these tools hold all they need, but ask for fonts from elsewhere. What is kept says so itself, for it
 * will be opened from the disk.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline' 'unsafe-eval'",
  "style-src 'unsafe-inline' data:",
  'img-src data: blob:',
  'font-src data:',
  'worker-src blob:',
].join('; ');

const FONTS = 'https://clinicjs.org/assets/css/fonts.css';

/** A tool's page that asks nobody for anything. */
export function withoutNetwork(html: string): string {
  const policy = `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`;
  return html
    .replaceAll(FONTS, 'data:text/css,')
    .replace(/<head(\s[^>]*)?>/i, (head) => `${head}\n${policy}`);
}

/** The data that a page of Clinic carries, as JSON; undefined where it carries none. */
export function pageData(html: string): unknown {
  const data = /<script type="application\/json" id="clinic-data">(.*?)<\/script>/s.exec(html)?.[1];
  return data === undefined ? undefined : JSON.parse(data);
}
