package bulwark.gateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.control.ControlFixture.Answer;
import bulwark.gateway.control.rest.ControlOperation;
import bulwark.gateway.control.rest.ControlOperation.Access;
import bulwark.gateway.control.rest.ControlOperation.Tenancy;
import bulwark.gateway.permission.Permission;
import bulwark.gateway.permission.Role;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every role on every operation, on its own tenant, on another and on none, generated from the tables that decide. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PermissionMatrixTest {
    private static final String ABSENT = "00000000-0000-7000-8000-000000000000";

    @TempDir
    private static Path folder;

    private ControlFixture control;
    private String foreign;

    @BeforeAll
    void start() throws Exception {
        control = ControlFixture.start(folder);
        control.owner("/owner/administrators/add", Map.of("subject", "user-cpi-admin"));
        foreign = control.api("other", "secret", "http://127.0.0.1:9");
    }

    @AfterAll
    void stop() {
        control.close();
    }

    private List<ControlOperation> operations() {
        return control.plane.operations().operations();
    }

    static Stream<Arguments> roles() {
        return Stream.of(Role.values()).map(Arguments::of);
    }

    /** The path of an operation, and the tenant in its query where it takes one there. */
    private static String path(ControlOperation operation, String tenant, String id) {
        String path = operation.path().replace("{tenant}", tenant).replaceAll("\\{[a-z]+}", id);
        return operation.tenancy() == Tenancy.CALLER ? path + "?tenant=" + tenant : path;
    }

    private static boolean isPermitted(Role role, Permission permission) {
        return role.includes(permission.least());
    }

    private Answer ask(Role role, ControlOperation operation, String tenant, String id) throws Exception {
        boolean takesBody = operation.body() != null;
        String home = role == Role.CPI_ADMIN ? "platform" : "acme";
        return control.as(role, home, operation.method(), path(operation, tenant, id), takesBody ? "{}" : null);
    }

    @ParameterizedTest
    @MethodSource("roles")
    void a_role_may_do_what_the_table_says_in_its_own_tenant_and_nothing_else(Role role) throws Exception {
        for (ControlOperation operation : operations()) {
            if (operation.access() instanceof Access.Permitted permitted && !destroys(operation)) {
                Answer own = ask(role, operation, "acme", ABSENT);
                String what = role + " " + operation.method() + " " + operation.path() + ": " + own.body();
                boolean allowed = isPermitted(role, permitted.permission())
                        && (!operation.isOfPlatform() || role == Role.CPI_ADMIN);
                if (allowed) {
                    assertThat(own.status()).as(what).isNotIn(401, 403, 500, 503);
                } else {
                    assertThat(own.status()).as(what).isEqualTo(403);
                }
            }
        }
    }

    /** What would take the tenants away that the other rows of the matrix need. */
    private static boolean destroys(ControlOperation operation) {
        String path = operation.path();
        return !operation.method().equals("GET")
                && (path.equals("/v1/tenants/{tenant}")
                        || path.matches("/v1/tenants/\\{tenant}/(suspend|activate|archive)"));
    }

    @ParameterizedTest
    @MethodSource("roles")
    void a_tenant_of_others_is_answered_as_one_that_is_not_there(Role role) throws Exception {
        for (ControlOperation operation : operations()) {
            if (!(operation.access() instanceof Access.Permitted permitted)
                    || operation.tenancy() == Tenancy.NONE
                    || role == Role.CPI_ADMIN) {
                continue;
            }
            Answer others = ask(role, operation, "other", foreign);
            Answer none = ask(role, operation, "nowhere", foreign);
            String what = role + " " + operation.method() + " " + operation.path() + ": " + others.body();
            assertThat(others.status()).as(what).isEqualTo(isPermitted(role, permitted.permission()) ? 404 : 403);
            assertThat(others.status()).as(what).isEqualTo(none.status());
            assertThat(others.body()).as(what).isEqualTo(none.body());
        }
        control.admin("other", "GET", "/v1/tenants/other/apis/" + foreign).is(200);
    }

    @Test
    void an_id_of_another_tenant_is_answered_as_one_that_is_not_there() throws Exception {
        List<String> looked = new ArrayList<>();
        for (ControlOperation operation : operations()) {
            if (operation.access() instanceof Access.Permitted
                    && operation.tenancy() != Tenancy.NONE
                    && operation.path().contains("{id}")) {
                Answer others = ask(Role.TENANT_ADMIN, operation, "acme", foreign);
                Answer none = ask(Role.TENANT_ADMIN, operation, "acme", ABSENT);
                assertThat(others.status()).as(operation.path()).isEqualTo(none.status());
                assertThat(others.body()).as(operation.path()).isEqualTo(none.body());
                looked.add(operation.path());
            }
        }
        assertThat(looked).hasSizeGreaterThan(20);
    }

    @Test
    void nothing_but_what_is_open_is_answered_without_a_credential() throws Exception {
        for (ControlOperation operation : operations()) {
            Answer answer = control.call(operation.method(), path(operation, "acme", ABSENT), null, Map.of());
            boolean open = operation.access() instanceof Access.Open;
            assertThat(answer.status()).as(operation.path()).isEqualTo(open ? 200 : 401);
        }
    }

    @Test
    void a_token_never_opens_what_is_a_gateways() throws Exception {
        for (ControlOperation operation : operations()) {
            if (operation.access() instanceof Access.OfGateway) {
                assertThat(control.as(
                                        Role.CPI_ADMIN,
                                        "platform",
                                        operation.method(),
                                        path(operation, "acme", ABSENT),
                                        operation.method().equals("POST") ? "{}" : null)
                                .status())
                        .as(operation.path())
                        .isEqualTo(401);
            }
        }
    }
}
