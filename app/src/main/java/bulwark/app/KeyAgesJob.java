package bulwark.app;

import bulwark.kernel.keys.Expiry;
import bulwark.kernel.keys.ExpiryMonitor;
import bulwark.kernel.process.RunFile;
import bulwark.tasks.handler.TaskContext;
import bulwark.tasks.handler.TaskHandler;
import bulwark.tasks.handler.TaskOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code platform.key-ages}: when everything expires: of the fact node by the family {@code bulwark_expires_seconds} of its {@code /metrics}, the certificates by their files, the
 * signing keys of tasks by the age at which they should be rotated. Warns by the rule of {@link Expiry}.
 */
public final class KeyAgesJob implements TaskHandler {
    private static final Logger LOG = LoggerFactory.getLogger(KeyAgesJob.class);
    private static final Duration MAX_KEY_AGE = Duration.ofDays(90);

    private final Map<String, String> environment;
    private final Clock clock;

    public KeyAgesJob() {
        this(System.getenv(), Clock.systemUTC());
    }

    KeyAgesJob(Map<String, String> environment, Clock clock) {
        this.environment = environment;
        this.clock = clock;
    }

    private record Named(String what, Expiry expiry) {}

    @Override
    public String name() {
        return "platform.key-ages";
    }

    @Override
    public String description() {
        return "Look at the age of every key and the end of every certificate; warn of what must be renewed.";
    }

    @Override
    public TaskOptions options() {
        return TaskOptions.DEFAULT.withMaxRetries(3);
    }

    @Override
    public Object run(TaskContext context) throws IOException, InterruptedException, CertificateException {
        PlatformFolders places = PlatformFolders.of(environment);
        List<Named> all = new ArrayList<>(ofNode(places));
        all.addAll(certificates(places.facts().resolve("tls")));
        all.addAll(ofTasks(places.tasks().resolve("keys")));
        Instant now = clock.instant();
        List<String> warnings = all.stream()
                .flatMap(one -> one.expiry().warning(one.what(), now).stream())
                .toList();
        warnings.forEach(warning -> LOG.warn("SECURITY WARNING: {}", warning));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("checked", all.stream().map(one -> described(one, now)).toList());
        result.put("warnings", warnings);
        return result;
    }

    private static Map<String, Object> described(Named one, Instant now) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("what", one.what());
        Instant created = one.expiry().created();
        if (created != null) {
            members.put("age_days", Duration.between(created, now).toDays());
        }
        members.put("days_left", Duration.between(now, one.expiry().expires()).toDays());
        return members;
    }

    private List<Named> ofNode(PlatformFolders places) throws IOException, InterruptedException {
        RunFile node = RunFile.ofRunning(places.factsStore())
                .orElseThrow(
                        () -> new IllegalStateException("the fact node is not running: its keys were not looked at"));
        return ofScrape(metrics("http://localhost:" + node.ports().getOrDefault("plain_port", 0) + "/metrics"));
    }

    private List<Named> ofScrape(String scrape) {
        return ExpiryMonitor.readings(scrape).stream()
                .map(reading -> new Named(
                        displayName(reading.kind()),
                        new Expiry(null, clock.instant().plus(reading.left()), "The node's own log names the remedy.")))
                .toList();
    }

    static String displayName(String kind) {
        return "the fact node's "
                + switch (kind) {
                    case "certificate" -> "certificate";
                    case "api_key" -> "API key that expires first";
                    case "node_manifest", "issuer_manifest" -> kind.replace('_', ' ');
                    default -> kind + " key";
                };
    }

    private static String metrics(String uri) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .build()) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(URI.create(uri))
                            .timeout(Duration.ofSeconds(10))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IOException(uri + " answered " + answer.statusCode());
            }
            return answer.body();
        }
    }

    private static List<Named> certificates(Path folder) throws IOException, CertificateException {
        List<Named> certificates = new ArrayList<>();
        for (Path file : filesIn(folder)) {
            if (file.toString().endsWith(".crt")) {
                try (InputStream pem = Files.newInputStream(file)) {
                    X509Certificate certificate = (X509Certificate)
                            CertificateFactory.getInstance("X.509").generateCertificate(pem);
                    certificates.add(new Named(
                            "the certificate " + file.getFileName(),
                            new Expiry(
                                    certificate.getNotBefore().toInstant(),
                                    certificate.getNotAfter().toInstant(),
                                    "Renew it.")));
                }
            }
        }
        return certificates;
    }

    private static List<Named> ofTasks(Path folder) throws IOException {
        List<Named> keys = new ArrayList<>();
        for (Path file : filesIn(folder)) {
            Instant created = Files.getLastModifiedTime(file).toInstant();
            keys.add(new Named(
                    "the tasks' " + file.getFileName() + " signing key",
                    new Expiry(created, created.plus(MAX_KEY_AGE), "Rotate it: docs/tasks/keys.md says how.")));
        }
        return keys;
    }

    private static List<Path> filesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
