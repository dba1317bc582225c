import './zod-without-eval.ts';
import './dashboard.css';
import { createServerClient } from '../../server/protocol/client.ts';
import { followTheme } from './follow-theme.ts';
import { Page } from './page.ts';

followTheme();
// The page comes from the server itself, and its cookie carries the token: no script ever sees it.
new Page(createServerClient({ url: '' })).start();
