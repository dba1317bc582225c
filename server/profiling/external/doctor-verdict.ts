import * as z from 'zod';
import { amount, millis, percent } from '../../protocol/figures.ts';
import { pageData } from './tool-page.ts';

const mark = z.string();

const dataSchema = z.object({
  analysis: z.object({
    issues: z.object({
      delay: mark,
      cpu: mark,
      memory: z.record(z.string(), mark),
      handles: mark,
      loopUtilization: mark.optional(),
    }),
    issueCategory: z.string(),
  }),
  processStat: z.array(
    z.object({
      /** Milliseconds that the event loop was late. */
      delay: z.number(),
      /** Cores. */
      cpu: z.number(),
      memory: z.object({ rss: z.number(), heapUsed: z.number() }),
      handles: z.number(),
    }),
  ),
});

type DoctorData = z.infer<typeof dataSchema>;

/** What each category of the analysis means for somebody who looks at a handler. */
const MEANINGS: Readonly<Record<string, string>> = {
  data: 'too little was recorded for a verdict; let the run take a few seconds',
  none: 'nothing unusual',
  'event-loop': 'long synchronous work keeps the event loop from going on; a CPU profile shows which',
  gc: 'much garbage is collected; the heap profile shows who allocates',
  io: 'the CPU mostly waits for input and output, as a handler does that waits for its database; the phases show for what',
  unknown: 'something is unusual, but none of the known patterns fits',
};

/** What Clinic Doctor concludes, as sentences, from the page that it made. Empty where the page holds no conclusion. */
export function doctorVerdict(html: string): string[] {
  const parsed = dataSchema.safeParse(pageData(html));
  if (!parsed.success) return [];
  const { analysis, processStat } = parsed.data;
  const meaning = MEANINGS[analysis.issueCategory];
  const verdict = `Clinic Doctor: ${analysis.issueCategory}${meaning === undefined ? '' : ` - ${meaning}`}.`;
  return processStat.length === 0 ? [verdict] : [verdict, ...figures(parsed.data)];
}

function figures({ analysis: { issues }, processStat }: DoctorData): string[] {
  const mean = (of: (stat: DoctorData['processStat'][number]) => number) =>
    processStat.reduce((sum, stat) => sum + of(stat), 0) / processStat.length;
  const most = (of: (stat: DoctorData['processStat'][number]) => number) =>
    processStat.reduce((max, stat) => Math.max(max, of(stat)), 0);
  const memory = Object.values(issues.memory).includes('performance') ? 'performance' : 'none';
  return [
    `CPU: ${percent(mean(({ cpu }) => cpu))} of a core${noted(issues.cpu)}`,
    `Event loop: late by ${millis(1000 * mean(({ delay }) => delay))} ms on average, by ${millis(1000 * most(({ delay }) => delay))} ms at most${noted(issues.delay)}`,
    `Memory: up to ${megabytes(most((stat) => stat.memory.rss))} in all, ${megabytes(most((stat) => stat.memory.heapUsed))} of it on the heap${noted(memory)}`,
    `Open handles: up to ${amount(most(({ handles }) => handles))}${noted(issues.handles)}`,
  ];
}

function noted(issue: string): string {
  return issue === 'performance' ? '; this is what the verdict rests on.' : '.';
}

function megabytes(bytes: number): string {
  return `${amount(bytes / 1024 / 1024)} MB`;
}
