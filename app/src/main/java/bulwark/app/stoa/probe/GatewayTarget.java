package bulwark.app.stoa.probe;

import bulwark.doctor.client.ProbeClient;
import bulwark.doctor.client.WireAnswer;
import bulwark.doctor.client.WireExchange;
import bulwark.doctor.probe.ProbeNotApplicable;
import bulwark.doctor.probe.Visit;
import bulwark.doctor.target.TargetPart;
import bulwark.gateway.state.GatewayStore;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.secrets.SecretAccess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The gateway of a visit, with what its probes ask of it. */
record GatewayTarget(Visit visit, TargetPart part) {
    static GatewayTarget of(Visit visit) {
        return new GatewayTarget(visit, visit.part(GatewayProbes.NAME));
    }

    URI tls() {
        return part.url("tls_url");
    }

    URI plainUrl() {
        return part.url("plain_url");
    }

    /** The listener that callers use. */
    WireExchange front() {
        return to(tls());
    }

    WireExchange plain() {
        return to(plainUrl());
    }

    /** @throws ProbeNotApplicable when the target names none */
    WireExchange admin() {
        return to(URI.create(named("admin_url")));
    }

    /** @throws ProbeNotApplicable when the target names none */
    WireExchange control() {
        return to(URI.create(named("control_url")));
    }

    private WireExchange to(URI base) {
        return new WireExchange(visit.client(), base, authority(), visit.clock());
    }

    /** Null when a public authority vouches for the gateway. */
    @Nullable
    Path authority() {
        return part.find("authority").map(Path::of).orElse(null);
    }

    /** Of a route for callers whom the gateway knows. */
    String path() {
        return part.text("path");
    }

    /** @throws ProbeNotApplicable when the target does not name it: it is seen over the network alone */
    Path file(String key) {
        return Path.of(named(key));
    }

    private String named(String key) {
        return part.find(key)
                .orElseThrow(() -> new ProbeNotApplicable(
                        "not visible from here: the target names no " + key + " of the gateway"));
    }

    /** The store beside which journal and log lie. */
    Path store() {
        return GatewayStore.file(file("state_folder"));
    }

    /** A header line. @param key of the file with the token */
    String bearer(String key) throws IOException {
        return "Authorization: Bearer " + token(key);
    }

    /** Of the doctor's own token, with the least role. */
    String viewer() throws IOException {
        return bearer("token_file");
    }

    String token(String key) throws IOException {
        return ProbeClient.credential(file(key)).exposeText(SecretAccess.grant());
    }

    /** What a token says, unverified. @throws IOException when it is none that can be read */
    JsonNode claims(String key) throws IOException {
        String[] parts = token(key).split("\\.", 3);
        try {
            return StrictJson.parse(
                    Base64Url.bytes(parts.length == 3 ? parts[1] : "").orElse(new byte[0]));
        } catch (StrictJson.JsonRefused notJson) {
            throw new IOException("the token in " + key + " is no signed JSON", notJson);
        }
    }

    /** A refusal's status and first words, for people. */
    static String words(WireAnswer answer) {
        String body = answer.body().strip();
        return answer.status() + (body.isEmpty() ? "" : " " + body.substring(0, Math.min(80, body.length())));
    }
}
