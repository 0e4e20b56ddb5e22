package bulwark.gateway.identity;

import bulwark.gateway.permission.OAuthScope;
import bulwark.gateway.permission.Role;
import bulwark.gateway.permission.RoleTable;
import bulwark.kernel.access.Authentication;
import bulwark.kernel.access.Principal;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The principal that claims speak of. */
final class TokenPrincipal {
    private static final Pattern TENANT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final String TENANT_ROLE = "tenant-";

    private TokenPrincipal() {}

    static TokenVerdict verdict(AccessTokenClaims claims, boolean adminAlias, Instant expires, VerificationKey key) {
        Set<Role> roles = claims.roles().stream()
                .flatMap(name -> Role.named(name, adminAlias).stream())
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Role.class)));
        Set<OAuthScope> scopes = claims.scopes().stream()
                .flatMap(name -> OAuthScope.named(name).stream())
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(OAuthScope.class)));
        String tenant = tenant(claims, roles, adminAlias);
        Authentication authentication = new Authentication(
                Authentication.Method.TOKEN,
                roles.stream().map(Role::wireName).collect(Collectors.toSet()),
                claims.clientId(),
                expires,
                claims.confirmation(),
                claims.subAccount());
        Principal principal = new Principal(
                claims.subject(),
                tenant == null ? "" : tenant,
                RoleTable.granted(roles, scopes),
                claims.tokenId(),
                Set.of(),
                authentication);
        VerifiedToken token = new VerifiedToken(principal, claims.tokenId(), expires.toEpochMilli(), key);
        return tenant == null
                ? new TokenVerdict.WithoutTenant(
                        token,
                        claims.tenant() == null && byRole(claims, adminAlias).isEmpty())
                : new TokenVerdict.Accepted(token);
    }

    /** The claim, or else the one role {@code tenant-NAME}; null when there is none and the caller needs one. */
    private static @Nullable String tenant(AccessTokenClaims claims, Set<Role> roles, boolean adminAlias) {
        Set<String> byRole = byRole(claims, adminAlias);
        Optional<String> named = claims.tenant() != null
                ? Optional.of(claims.tenant())
                : byRole.size() == 1 ? byRole.stream().findFirst() : Optional.empty();
        boolean platform = roles.contains(Role.CPI_ADMIN);
        if (named.isEmpty()) {
            return platform ? RoleTable.PLATFORM : null;
        }
        if (!TENANT.matcher(named.get()).matches()) {
            throw new TokenRefused(TokenFault.MALFORMED);
        }
        return named.get().equals(RoleTable.PLATFORM) && !platform ? null : named.get();
    }

    private static Set<String> byRole(AccessTokenClaims claims, boolean adminAlias) {
        return claims.roles().stream()
                .filter(name -> name.startsWith(TENANT_ROLE)
                        && Role.named(name, adminAlias).isEmpty())
                .map(name -> name.substring(TENANT_ROLE.length()))
                .collect(Collectors.toSet());
    }
}
