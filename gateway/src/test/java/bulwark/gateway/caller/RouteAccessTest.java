package bulwark.gateway.caller;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.permission.Role;
import bulwark.gateway.permission.RoleTable;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.gateway.refusal.GatewayWireErrors;
import bulwark.gateway.refusal.WireError;
import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.RouteJson;
import bulwark.kernel.access.Authentication;
import bulwark.kernel.access.Confirmation;
import bulwark.kernel.access.Principal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteAccessTest {
    private static final RouteAccess ACCESS = new RouteAccess("https://gw.example/metadata");

    private static ApiRoute route(String tenant) throws Exception {
        String json = "{\"id\":\"r\",\"name\":\"r\",\"tenant_id\":\"" + tenant
                + "\",\"path_prefix\":\"/apis/x\",\"backend_url\":\"https://api.example.com\",\"methods\":[],"
                + "\"spec_hash\":\"\",\"activated\":true}";
        return RouteJson.parse(json.getBytes(StandardCharsets.UTF_8));
    }

    private static Principal caller(Role role) {
        Authentication how = new Authentication(
                Authentication.Method.TOKEN, Set.of(role.wireName()), null, Instant.MAX, Confirmation.NONE);
        return new Principal("user", "acme", RoleTable.granted(List.of(role), List.of()), null, Set.of(), how);
    }

    @ParameterizedTest
    @CsvSource({
        "VIEWER,GET,true",
        "VIEWER,HEAD,true",
        "VIEWER,POST,false",
        "VIEWER,DELETE,false",
        "VIEWER,PROPFIND,false",
        "VIEWER,get,false",
        "DEVOPS,POST,true",
        "TENANT_ADMIN,PUT,true",
        "CPI_ADMIN,DELETE,true"
    })
    void a_role_may_use_the_methods_of_its_scopes(Role role, String method, boolean allowed) throws Exception {
        assertThat(ACCESS.refusal(caller(role), route("acme"), method) == null).isEqualTo(allowed);
    }

    @Test
    void a_missing_scope_is_named_in_body_and_challenge() throws Exception {
        GatewayRefusal refusal = ACCESS.refusal(caller(Role.VIEWER), route("acme"), "POST");
        WireError answer = GatewayWireErrors.of(refusal);
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body())
                .isEqualTo("{\"error\":\"insufficient_scope\",\"message\":\"Permission denied: stoa:write required\"}");
        assertThat(answer.fields())
                .containsExactly(
                        "WWW-Authenticate",
                        "Bearer error=\"insufficient_scope\", scope=\"stoa:write\","
                                + " resource_metadata=\"https://gw.example/metadata\"");
    }

    @Test
    void a_route_of_another_tenant_is_no_different_from_none() throws Exception {
        for (Role role : List.of(Role.VIEWER, Role.DEVOPS, Role.TENANT_ADMIN)) {
            assertThat(ACCESS.refusal(caller(role), route("other"), "GET")).isInstanceOf(GatewayRefusal.NoRoute.class);
        }
        assertThat(ACCESS.refusal(caller(Role.CPI_ADMIN), route("other"), "GET"))
                .isNull();
    }
}
