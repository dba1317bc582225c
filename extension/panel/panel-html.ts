import { randomBytes } from 'node:crypto';
import { l10n, Uri, type Webview } from 'vscode';

// A control of the toolkit adds a style element without content, and would report that it may not.
const EMPTY_STYLE = 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';

/**
 * The page of a profile panel. It may run the one script and load the one style sheet that are named here, and reach
 * nothing else: everything that it shows comes by message.
 */
export function panelHtml(webview: Webview, folder: Uri): string {
  const nonce = randomBytes(18).toString('base64');
  const address = (file: string) => webview.asWebviewUri(Uri.joinPath(folder, file)).toString();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource} '${EMPTY_STYLE}'`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource}`,
    // Searches by regular expression run in a worker that the script makes itself.
    'worker-src blob:',
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${address('panel.css')}">
<title>${l10n.t('Flame Graph')}</title>
</head>
<body>
<script type="module" nonce="${nonce}" src="${address('panel.js')}"></script>
</body>
</html>`;
}
