// Names that stand in addresses and files: visible ASCII, without spaces.

export const PLAIN = '[\\x21-\\x7e]{1,64}';
