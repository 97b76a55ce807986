// The version that the user agent names; a test holds it to the package's own.
export const version = '0.1.0';
