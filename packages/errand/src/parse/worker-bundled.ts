// The worker in one piece, for programs that this package was bundled into and that have no file of it beside them: the
// build puts the code here.

/** CommonJS source; undefined where it was not built in. */
export const code: string | undefined = undefined;
