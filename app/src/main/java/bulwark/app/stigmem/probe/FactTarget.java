package bulwark.app.stigmem.probe;

import bulwark.doctor.client.HandshakeAttempt;
import bulwark.doctor.client.ProbeAnswer;
import bulwark.doctor.client.ProbeClient;
import bulwark.doctor.client.ShownIdentity;
import bulwark.doctor.probe.Visit;
import bulwark.doctor.target.TargetPart;
import bulwark.kernel.secrets.SecretBytes;
import java.io.IOException;
import java.net.URI;
import tools.jackson.databind.JsonNode;

/** The node of a visit, with what its probes ask of it. */
record FactTarget(Visit visit, TargetPart part) {
    static FactTarget of(Visit visit) {
        return new FactTarget(visit, visit.part(FactProbes.NAME));
    }

    ProbeClient client() {
        return visit.client();
    }

    URI plain() {
        return part.url("plain_url");
    }

    URI tls() {
        return part.url("tls_url");
    }

    /** Of a key that may read facts and nothing else. */
    SecretBytes reader() throws IOException {
        return ProbeClient.credential(part.path("read_key_file"));
    }

    /** Of a key that may read the audit log and nothing else. */
    SecretBytes auditor() throws IOException {
        return ProbeClient.credential(part.path("audit_key_file"));
    }

    ShownIdentity identity() throws IOException {
        return ShownIdentity.read(part.path("client_certificate"), part.path("client_key"));
    }

    ProbeAnswer read(String target) throws IOException, InterruptedException {
        return client().get(plain(), target, reader());
    }

    JsonNode manifest() throws IOException, InterruptedException {
        ProbeAnswer answer = client().get(plain(), "/.well-known/stigmem-manifest.json", null);
        if (answer.status() != 200 || !answer.json().path("public_key").isString()) {
            throw new IOException("the node serves no manifest: status " + answer.status());
        }
        return answer.json();
    }

    /** What came of a handshake, for people. */
    static String words(HandshakeAttempt attempt) {
        return attempt.answered() ? "it was answered" : "refused (" + attempt.refusal() + ")";
    }

    /** Of a page of the audit log; 0 of an empty one. */
    static long newestSeq(JsonNode page) {
        JsonNode entries = page.path("entries");
        return entries.path(entries.size() - 1).path("seq").asLong(0);
    }

    /** Of the audit log, oldest first. @param query without the question mark */
    JsonNode audit(String query) throws IOException, InterruptedException {
        ProbeAnswer answer = client().get(plain(), "/v1/admin/audit?" + query, auditor());
        if (answer.status() != 200) {
            throw new IOException(
                    "the audit log cannot be read with the doctor's audit key: status " + answer.status());
        }
        return answer.json();
    }
}
