// The constant that the server defines before the parts of the script.
declare const MOCK: { host: string; train: string | 3; cards: string; ibans: string };
