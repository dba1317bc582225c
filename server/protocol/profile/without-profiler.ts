import { filterByFrames } from './filter-by-frames.ts';
import { CATEGORIES, type Profile } from './profile.ts';

const PROFILER = CATEGORIES.indexOf('profiler');

/**
 * The profile without the functions of the profiler itself, which stand above the code that it runs and around what it
 * observes. Their time is that of their callers, so that every sum stays as it is.
 */
export function withoutProfiler(profile: Profile): Profile {
  if (!profile.frames.category.includes(PROFILER)) return profile;
  return filterByFrames(profile, { mode: 'fold', by: 'category', categories: ['profiler'] });
}
