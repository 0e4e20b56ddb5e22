package bulwark.app.seatmanager.probe;

import bulwark.doctor.client.ProbeAnswer;
import bulwark.doctor.host.HostProcess;
import bulwark.doctor.probe.ProbeNotApplicable;
import bulwark.doctor.probe.Visit;
import bulwark.doctor.target.TargetPart;
import bulwark.kernel.json.StrictJson;
import bulwark.web.LocalSocket;
import bulwark.web.Response;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The API and the signer of a visit, with what their probes ask of them. */
record SeatTarget(Visit visit, TargetPart part) {
    /** Names of the two processes. */
    static final String API = "seats";

    static final String SIGNER = "signer";
    private static final Duration OWNER_TIMEOUT = Duration.ofSeconds(8);

    static SeatTarget of(Visit visit) {
        return new SeatTarget(visit, visit.part(SeatProbes.NAME));
    }

    URI api() {
        return part.url("api_url");
    }

    /** Where the part's files lie. */
    Path folder() {
        return part.path("folder");
    }

    Path signerSocket() {
        return part.path("signer_socket");
    }

    /** @throws ProbeNotApplicable when the target names no process at all; @throws IOException when this one does not run */
    HostProcess process(String name) throws IOException {
        if (part.processes().isEmpty()) {
            throw new ProbeNotApplicable("not visible from here: the target names no process of this machine");
        }
        return part.processes().stream()
                .filter(process -> process.name().equals(name))
                .findFirst()
                .map(HostProcess::new)
                .orElseThrow(() -> new IOException("no process " + name + " is running there"));
    }

    /** @param headers names and values in turn */
    ProbeAnswer ask(String method, String target, String body, String... headers)
            throws IOException, InterruptedException {
        return visit.client().exchange(api(), method, target, body, headers);
    }

    ProbeAnswer get(String target, String... headers) throws IOException, InterruptedException {
        return ask("GET", target, "", headers);
    }

    /** Over the owner's socket, whose routes are those of the API under another beginning. */
    Response ownerAsks(String path, Map<String, Object> body) {
        return LocalSocket.call(
                part.path("owner_socket"), "POST", "/owner" + path, StrictJson.write(body), OWNER_TIMEOUT);
    }

    /** @throws IOException when the answer is not 200 */
    JsonNode owner(String path) throws IOException {
        Response answer = ownerAsks(path, Map.of());
        if (answer.status() != 200) {
            throw new IOException("the owner's socket does not answer " + path + ": status " + answer.status());
        }
        return StrictJson.parse(answer.body());
    }

    ViewerSession session() throws IOException, InterruptedException {
        return ViewerSession.of(this);
    }

    /** The code of a refusal; empty where there is none. */
    static String code(ProbeAnswer answer) {
        return answer.json().path("error").path("code").asString("");
    }
}
