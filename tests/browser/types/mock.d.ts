// The constants that the server writes.
declare const MOCK: { host: string; train: string | 3; cards: string };
declare const CORE: Record<string, unknown>;
declare const IBANS: string;
