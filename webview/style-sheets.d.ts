/** Style sheets are taken in by the bundler and written beside the script. */
declare module '*.css';
