import { Hono, type MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { BrowserAddress } from '../protocol/browser-address.ts';
import { authentication, type Environment } from './authentication.ts';
import { answerFailure, BadRequestError } from './failure.ts';
import { addPageRoutes } from './page-routes.ts';
import { addRunRoutes } from './run-routes.ts';
import type { HttpServices } from './run-service.ts';

/** All routes of the server. Every request passes the authentication first. */
export function createApp(services: HttpServices): Hono<Environment> {
  const app = new Hono<Environment>();
  app.onError((error, context) => answerFailure(error, context, services.log));
  app.notFound((context) =>
    answerFailure(unknownRoute(context.req.method, context.req.path), context, services.log),
  );
  // In front of the strict headers, so that it has the last word.
  app.use('/api/runs/:id/artifacts/*', foreignPage);
  app.use(strictHeaders);
  app.use(authentication(services.access));

  app.get('/api/status', (context) => context.json(services.status()));
  app.get('/api/handlers', async (context) => context.json(await services.handlers()));
  app.post('/api/browser-code', (context) => {
    const address: BrowserAddress = { url: `/?code=${services.access.issueCode()}` };
    return context.json(address, 201);
  });
  app.post('/api/stop', (context) => {
    services.stop();
    return context.json(services.status(), 202);
  });
  addRunRoutes(app, services);
  addPageRoutes(app, services.pages);
  return app;
}

// The page's controls try a style element without content to learn what the browser can: the hash of nothing.
const EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";

/** Nothing of a page may come from elsewhere, and nobody may frame it. */
const strictHeaders = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", EMPTY_STYLE],
    imgSrc: ["'self'", 'data:'],
    fontSrc: ["'self'"],
    connectSrc: ["'self'"],
    // The editor is asked to open a source in a frame of its own; the page's searches run in a worker of its own.
    frameSrc: ['vscode:'],
    workerSrc: ['blob:'],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
  referrerPolicy: 'no-referrer',
  xFrameOptions: 'DENY',
  // Plain HTTP on 127.0.0.1: a promise to use TLS would only lock other local servers out.
  strictTransportSecurity: false,
});

/** Pages of foreign tools are for the disk. Should a browser show one all the same, it is nobody's here. */
const foreignPage: MiddlewareHandler<Environment> = async (context, next) => {
  await next();
  context.header('Content-Security-Policy', "sandbox; default-src 'none'");
};

function unknownRoute(method: string, path: string): BadRequestError {
  return new BadRequestError({
    code: 'unknown_route',
    message: `There is nothing at ${method} ${path.slice(0, 100)}.`,
    advice: 'The page is at /, the interface below /api: status, handlers, runs.',
  });
}
