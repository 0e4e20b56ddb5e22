package bulwark.gateway.hardening;

import bulwark.gateway.hardening.BoxFinding.Observation;
import bulwark.kernel.json.StrictJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** What other programs know: Prometheus, the report of an image scan, git. */
final class ElsewhereChecks {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Set<String> SEVERE = Set.of("HIGH", "CRITICAL");

    private ElsewhereChecks() {}

    static BoxFinding alerting(HardeningTarget target) {
        Observation seen = new Observation();
        Optional<URI> prometheus = target.evidence().prometheus();
        if (prometheus.isEmpty()) {
            seen.unseen("no Prometheus is named; give one with --prometheus");
            return seen.of(HardeningBox.ALERTING);
        }
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
            int rules = 0;
            for (JsonNode group : data(client, prometheus.get(), "rules").path("groups")) {
                for (JsonNode rule : group.path("rules")) {
                    rules += rule.path("name").asString("").startsWith("Stoa") ? 1 : 0;
                }
            }
            seen.judge(
                    rules > 0,
                    "Prometheus has " + rules + " rules of the gateway",
                    "Prometheus has no rule of the gateway");
            int managers = data(client, prometheus.get(), "alertmanagers")
                    .path("activeAlertmanagers")
                    .size();
            seen.judge(managers > 0, "it delivers to " + managers + " Alertmanager", "it delivers to no Alertmanager");
        } catch (IOException | StrictJson.JsonRefused e) {
            seen.bad("the Prometheus at " + prometheus.get() + " does not answer: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            seen.unseen("the question to Prometheus was interrupted");
        }
        return seen.of(HardeningBox.ALERTING);
    }

    private static JsonNode data(HttpClient client, URI base, String what) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = client.send(
                HttpRequest.newBuilder(URI.create(base.toString().replaceAll("/+$", "") + "/api/v1/" + what))
                        .timeout(TIMEOUT)
                        .build(),
                BodyHandlers.ofByteArray());
        if (answer.statusCode() != 200) {
            throw new IOException("it answered " + answer.statusCode());
        }
        return StrictJson.parse(answer.body()).path("data");
    }

    /** Trivy's JSON report. */
    static BoxFinding imageScan(HardeningTarget target) {
        Observation seen = new Observation();
        Optional<Path> file = target.evidence().scanReport();
        if (file.isEmpty()) {
            seen.unseen("no report of a scan is named; give one with --scan-report");
            return seen.of(HardeningBox.IMAGE_SCAN);
        }
        try {
            JsonNode report = StrictJson.parse(Files.readAllBytes(file.get()));
            String image = report.path("ArtifactName").asString("");
            List<String> severe = new ArrayList<>();
            for (JsonNode result : report.path("Results")) {
                for (JsonNode vulnerability : result.path("Vulnerabilities")) {
                    if (SEVERE.contains(vulnerability.path("Severity").asString(""))) {
                        severe.add(vulnerability.path("VulnerabilityID").asString(""));
                    }
                }
            }
            seen.judge(!image.isEmpty(), "the report is of " + image, "the report names no image");
            seen.judge(
                    severe.isEmpty(),
                    "it names no finding that is HIGH or CRITICAL",
                    "it names " + String.join(", ", severe) + " as HIGH or CRITICAL");
        } catch (IOException | StrictJson.JsonRefused e) {
            seen.bad(file.get() + " cannot be read: " + e.getMessage());
        }
        return seen.of(HardeningBox.IMAGE_SCAN);
    }

    static BoxFinding commits(HardeningTarget target) {
        Observation seen = new Observation();
        Optional<Path> repository = target.evidence().repository();
        if (repository.isEmpty()) {
            seen.unseen("no repository is named; give one with --repository");
            return seen.of(HardeningBox.SIGNED_COMMITS);
        }
        try {
            ExternalProgram.output(List.of("git", "-C", repository.get().toString(), "verify-commit", "HEAD"));
            seen.good("the newest commit of " + repository.get() + " is signed by a key that git trusts");
        } catch (IOException e) {
            seen.bad("the newest commit of " + repository.get() + " is not signed by a key that git trusts: "
                    + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            seen.unseen("git was interrupted");
        }
        return seen.of(HardeningBox.SIGNED_COMMITS);
    }
}
