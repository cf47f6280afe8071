/** Vendors whose way of signing requests is known; apart from the signers, which are loaded when they are used. */
export const schemeNames = ['aws', 'baidu', 'huawei', 'tencent', 'volcengine'] as const;

export type SchemeName = (typeof schemeNames)[number];

/** Those whose signature holds for one product, which has to be named. */
export const schemesWithService: readonly SchemeName[] = ['aws', 'tencent', 'volcengine'];
