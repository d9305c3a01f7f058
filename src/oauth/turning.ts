import type { default as Library } from 'oidc-provider';
import type { Ledger } from '../workspace/ledger.ts';
import { nameIn } from './adapter.ts';

/**
 * Has a refresh token say what it turns into at the moment when it is used up, in one statement. So whoever comes again at once, since the
 * answer was lost or another part of the same client came as well, gets that very token, and there is never more than one that serves.
 */
export function turnByLedger(provider: Library, ledger: Ledger, refusal: () => Error): void {
  const { prototype } = provider.RefreshToken as unknown as { readonly prototype: Token };
  const named = nameIn('RefreshToken');
  const { generateTokenId } = prototype;
  /** What became of those that are being used up just now. */
  const became = new WeakMap<object, string>();
  Object.assign(prototype, {
    async consume(this: Token) {
      const next = await ledger.turn(named(this.jti), named(generateTokenId.call(this)));
      if (next === undefined) throw refusal();
      became.set(this, next.slice(named('').length));
    },
    generateTokenId(this: Token) {
      const { ctx } = provider.constructor as typeof Library;
      const turned = ctx?.oidc.entities.RotatedRefreshToken;
      return (turned && became.get(turned)) ?? generateTokenId.call(this);
    },
  });
}

interface Token {
  readonly jti: string;
  generateTokenId(this: Token): string;
}
