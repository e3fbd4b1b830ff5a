// What the server writes before the script's parts.
declare const MOCK: { host: string; train: string | 3; cards: string[]; ibans: string[] };
