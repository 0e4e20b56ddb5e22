package bulwark.app.stoa;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.app.CommandResult;
import bulwark.gateway.identity.LocalTokenIssuer;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.CompactJws;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class TokenCommandTest {
    @TempDir
    Path folder;

    private CommandResult issue(Map<String, String> environment, String... arguments) {
        String[] all = new String[arguments.length + 3];
        all[0] = "stoa";
        all[1] = "token";
        all[2] = "issue";
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        return CommandResult.of(folder, environment, "", all);
    }

    @Test
    void a_token_is_printed_with_role_tenant_and_end() {
        CommandResult result = issue(Map.of(), "--role", "devops", "--tenant", "acme", "--for", "5m");

        assertThat(result.code()).isZero();
        assertThat(result.err()).isEmpty();
        JsonNode claims = CompactJws.parse(result.out().strip()).claims();
        assertThat(StrictJson.text(claims.get("iss"))).isEqualTo("\"" + LocalTokenIssuer.ISSUER + "\"");
        assertThat(claims.get("tenant").stringValue()).isEqualTo("acme");
        assertThat(claims.get("aud").stringValue()).isEqualTo("stoa-mcp-gateway");
        assertThat(StrictJson.text(claims.get("realm_access"))).isEqualTo("{\"roles\":[\"devops\"]}");
        assertThat(claims.get("exp").longValue() - claims.get("iat").longValue())
                .isEqualTo(300);
    }

    @Test
    void its_key_is_made_once_in_the_state_folder_and_owner_only() throws Exception {
        Map<String, String> environment = Map.of("STOA_STATE_DIR", "elsewhere");
        String first =
                issue(environment, "--role", "viewer", "--tenant", "acme").out();
        String second =
                issue(environment, "--role", "viewer", "--tenant", "acme").out();
        assertThat(CompactJws.parse(first.strip()).text("kid"))
                .isEqualTo(CompactJws.parse(second.strip()).text("kid"));
        Path ring = LocalTokenIssuer.ring(folder.resolve("elsewhere"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(ring)))
                .isEqualTo("rwx------");
    }

    @ParameterizedTest
    @CsvSource({
        "root,acme,5m,--role",
        "admin,acme,5m,--role",
        "devops,'a b',5m,--tenant",
        "devops,../x,5m,--tenant",
        "devops,acme,25h,--for",
        "devops,acme,0s,--for",
        "devops,acme,soon,--for"
    })
    void what_cannot_be_meant_is_refused_by_its_option(String role, String tenant, String lifetime, String option) {
        CommandResult result = issue(Map.of(), "--role", role, "--tenant", tenant, "--for", lifetime);
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains(option);
    }

    @Test
    void where_keycloak_is_set_the_command_says_that_the_token_is_worth_nothing() {
        CommandResult result = issue(
                Map.of("STOA_KEYCLOAK_URL", "https://id.example", "STOA_KEYCLOAK_REALM", "stoa"),
                "--role",
                "viewer",
                "--tenant",
                "acme");
        assertThat(result.err()).contains("STOA_KEYCLOAK_URL");
    }
}
