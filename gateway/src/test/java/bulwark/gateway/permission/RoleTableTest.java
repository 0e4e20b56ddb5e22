package bulwark.gateway.permission;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.access.Authentication;
import bulwark.kernel.access.Confirmation;
import bulwark.kernel.access.Principal;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The matrix role × permission × own and other tenant, against the table as its documents print it. */
class RoleTableTest {
    private static final String VIEWER = "viewer";
    private static final String DEVOPS = "devops";
    private static final String TENANT_ADMIN = "tenant-admin";
    private static final String CPI_ADMIN = "cpi-admin";

    /** Which roles have a permission, written down a second time and in another way than the table has it. */
    private static final Map<String, Set<String>> DOCUMENTED = Map.ofEntries(
            row("tenants:create tenants:update tenants:delete", CPI_ADMIN),
            row("tenants:read apis:read apps:read audit:read workflows:read", CPI_ADMIN, TENANT_ADMIN, DEVOPS, VIEWER),
            row("apis:create apis:update apis:deploy apis:promote", CPI_ADMIN, TENANT_ADMIN, DEVOPS),
            row("apps:create apps:update", CPI_ADMIN, TENANT_ADMIN, DEVOPS),
            row("apis:delete apps:delete users:manage workflows:manage", CPI_ADMIN, TENANT_ADMIN),
            row("subscriptions:create subscriptions:rotate tools:invoke", CPI_ADMIN, TENANT_ADMIN, DEVOPS),
            row("subscriptions:approve subscriptions:suspend subscriptions:revoke", CPI_ADMIN, TENANT_ADMIN),
            row("consumers:write tools:register audit:export security:read", CPI_ADMIN, TENANT_ADMIN),
            row("gateways:manage environments:override", CPI_ADMIN));

    private static Map.Entry<String, Set<String>> row(String permissions, String... roles) {
        return Map.entry(permissions, Set.of(roles));
    }

    private static boolean documented(String role, String permission) {
        return DOCUMENTED.entrySet().stream()
                .filter(row -> List.of(row.getKey().split(" ")).contains(permission))
                .findFirst()
                .orElseThrow()
                .getValue()
                .contains(role);
    }

    static Stream<Arguments> matrix() {
        return Arrays.stream(Role.values())
                .flatMap(role -> Arrays.stream(Permission.values())
                        .flatMap(permission ->
                                Stream.of("acme", "other").map(tenant -> Arguments.of(role, permission, tenant))));
    }

    private static Principal caller(Role role) {
        Authentication how = new Authentication(
                Authentication.Method.TOKEN, Set.of(role.wireName()), null, Instant.MAX, Confirmation.NONE);
        return new Principal("user", "acme", RoleTable.granted(Set.of(role), Set.of()), null, Set.of(), how);
    }

    @ParameterizedTest
    @MethodSource("matrix")
    void a_role_may_do_what_its_row_says_to_its_own_tenant(Role role, Permission permission, String tenant) {
        boolean has = documented(role.wireName(), permission.wireName());
        boolean there = tenant.equals("acme") || role == Role.CPI_ADMIN;

        assertThat(RoleTable.refusal(caller(role), permission, tenant).orElse("allowed"))
                .isEqualTo(
                        !has
                                ? "Permission denied: " + permission.wireName() + " required"
                                : there ? "allowed" : "Access denied to this tenant");
    }

    @Test
    void the_table_has_the_eighteen_permissions_and_their_additions_and_no_other() {
        List<String> documented = DOCUMENTED.keySet().stream()
                .flatMap(row -> Stream.of(row.split(" ")))
                .toList();
        assertThat(Arrays.stream(Permission.values()).map(Permission::wireName))
                .containsExactlyInAnyOrderElementsOf(documented);
        assertThat(Arrays.stream(Permission.values()).filter(p -> p.compareTo(Permission.WORKFLOWS_MANAGE) <= 0))
                .hasSize(18);
    }

    @Test
    void a_role_brings_its_scopes() {
        assertThat(scopes(Role.VIEWER)).containsExactlyInAnyOrder("stoa:read");
        assertThat(scopes(Role.DEVOPS))
                .containsExactlyInAnyOrder("stoa:read", "stoa:write", "stoa:deploy", "stoa:execute");
        assertThat(scopes(Role.TENANT_ADMIN)).containsExactlyInAnyOrder("stoa:read", "stoa:write", "stoa:execute");
        assertThat(scopes(Role.CPI_ADMIN))
                .containsExactlyInAnyOrder(
                        "stoa:admin", "stoa:read", "stoa:write", "stoa:execute", "stoa:deploy", "stoa:audit");
    }

    private static List<String> scopes(Role role) {
        return RoleTable.granted(Set.of(role), Set.of()).stream()
                .filter(name -> name.startsWith("stoa:"))
                .toList();
    }

    @Test
    void named_scopes_only_ever_take_away() {
        for (Role role : Role.values()) {
            Set<String> whole = RoleTable.granted(Set.of(role), Set.of());
            for (OAuthScope scope : OAuthScope.values()) {
                assertThat(whole)
                        .as(role + " with " + scope)
                        .containsAll(RoleTable.granted(Set.of(role), Set.of(scope)));
            }
        }
    }

    @Test
    void an_administrator_whose_token_is_limited_reaches_its_own_tenant_only() {
        Authentication how = new Authentication(
                Authentication.Method.TOKEN, Set.of(CPI_ADMIN), null, Instant.MAX, Confirmation.NONE);
        Set<String> granted = RoleTable.granted(Set.of(Role.CPI_ADMIN), Set.of(OAuthScope.READ));
        Principal limited = new Principal("user", "acme", granted, null, Set.of(), how);
        assertThat(RoleTable.reaches(limited, "acme")).isTrue();
        assertThat(RoleTable.reaches(limited, "other")).isFalse();
    }

    @Test
    void a_caller_without_a_role_may_do_nothing() {
        assertThat(RoleTable.granted(Set.of(), Set.of())).isEmpty();
        assertThat(RoleTable.granted(Set.of(), Set.of(OAuthScope.ADMIN))).isEmpty();
    }
}
