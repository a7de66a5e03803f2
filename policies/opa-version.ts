/**
 * The one place that says which `opa` compiles and tests the policies. Another version may compile the same Rego to
 * other bytes, so whoever changes it runs `npm run policies:build` and commits the bundle.
 */
export const OPA_VERSION = '1.22.2';
