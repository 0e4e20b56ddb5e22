package bulwark.acceptance.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.acceptance.doctor.DoctoredDeployment.UndoStack;
import bulwark.acceptance.doctor.RewritingProxy.Passage;
import bulwark.gateway.identity.LocalTokenIssuer;
import bulwark.gateway.permission.Role;
import bulwark.kernel.signing.Signing;
import bulwark.testkit.FreePort;
import bulwark.testkit.ProgramProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A control plane beside the deployment, and a proxy before it that speaks with the voice of its operator. */
final class ControlPlaneFaults {
    private static final PlantedFault.Plant SAME = up -> () -> {};
    private static final String OPERATOR_KEY = "an-operator-key-of-the-tests-0123456789";

    private ControlPlaneFaults() {}

    static List<PlantedFault> proxy() {
        return List.of(
                new PlantedFault(
                        "GATEWAY-CONTROL-01",
                        "a header that is gone on 404 alone",
                        ControlPlaneFaults::operatorForEverybody,
                        Set.of()),
                new PlantedFault("GATEWAY-CONTROL-02", "a proxy that brings the operator's key", SAME, Set.of()),
                new PlantedFault("GATEWAY-CONTROL-03", "the same, for a viewer", SAME, Set.of()),
                new PlantedFault("GATEWAY-CONTROL-04", "the same, for a caller of another tenant", SAME, Set.of()));
    }

    private static AutoCloseable operatorForEverybody(DoctoredDeployment up) throws Exception {
        Path folder = Files.createDirectories(up.folder().resolve("control"));
        String url = "http://localhost:" + FreePort.next();
        UndoStack undo = new UndoStack();
        ProgramProcess control = ProgramProcess.start(
                folder,
                Map.of("STOA_PORT", url.substring(url.lastIndexOf(':') + 1), "STOA_OPERATOR_KEY", OPERATOR_KEY),
                folder.resolve("control.log"),
                up.program("stoa", "control-plane"));
        undo.add("control plane", control);
        String status = "curl -s -o /dev/null -w '%{http_code}' ";
        control.awaitReady(() -> up.shell(status + url + "/health/live || true").equals("200"));
        assertThat(up.shell(status + "-H 'X-Operator-Key: " + OPERATOR_KEY
                        + "' -H 'Content-Type: application/json' -d '{\"id\":\"acme\"}' " + url + "/v1/tenants"))
                .isEqualTo("201");
        Path token = folder.resolve("viewer");
        Files.writeString(
                token,
                LocalTokenIssuer.open(folder.resolve("stoa-state"), Signing.fastest(), Clock.systemUTC())
                        .issue(
                                "bulwark-doctor",
                                "acme",
                                List.of(Role.VIEWER),
                                LocalTokenIssuer.STANDARD_LIFETIME,
                                "stoa-mcp-gateway"));
        up.shell("chmod 600 " + token);
        try (AutoCloseable sound =
                up.with("gateway", Map.of("control_url", url, "control_token_file", token.toString()))) {
            assertThat(up.visit("--only", "GATEWAY-CONTROL").values()).containsOnly("pass");
        }
        RewritingProxy proxy = new RewritingProxy(url, new OperatorForEverybody());
        undo.add("proxy", proxy);
        undo.add(
                "target",
                up.with("gateway", Map.of("control_url", proxy.url(), "control_token_file", token.toString())));
        assertThat(up.shell(status + proxy.url() + "/v1/tenants")).isEqualTo("200");
        return undo;
    }

    private static final class OperatorForEverybody implements RewritingProxy.Rule {
        @Override
        public void request(Passage passage) {
            passage.requestHeaders.keySet().removeIf(name -> name.equalsIgnoreCase("Authorization"));
            passage.requestHeaders.keySet().removeIf(name -> name.equalsIgnoreCase("X-Gateway-Key"));
            passage.requestHeaders.keySet().removeIf(name -> name.equalsIgnoreCase("X-Operator-Key"));
            passage.requestHeaders.put("X-Operator-Key", OPERATOR_KEY);
        }

        @Override
        public void answer(Passage passage) {
            if (passage.status == 404) {
                passage.headers.keySet().removeIf(name -> name.equalsIgnoreCase("x-content-type-options"));
            }
        }
    }
}
