package bulwark.app;

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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code platform.key-ages}: how old every key is and when every certificate ends: of the fact node by its own {@code /metrics}, its certificates by their files, the signing keys
 * of tasks by the age of theirs. Warns of what ends within 14 days or is older than 90.
 */
public final class KeyAgesJob implements TaskHandler {
    private static final Logger LOG = LoggerFactory.getLogger(KeyAgesJob.class);
    private static final Duration NOTICE_PERIOD = Duration.ofDays(14);
    private static final Duration OLD = Duration.ofDays(90);
    private static final Pattern GAUGE =
            Pattern.compile("stigmem_key_(age|expires)_seconds\\{kind=\"([a-z_]+)\"[^}]*} (-?[0-9.E+]+)");

    private final Map<String, String> environment;
    private final Clock clock;

    public KeyAgesJob() {
        this(System.getenv(), Clock.systemUTC());
    }

    KeyAgesJob(Map<String, String> environment, Clock clock) {
        this.environment = environment;
        this.clock = clock;
    }

    /** @param left until it ends, or null when it does not end by itself */
    private record Age(
            String what, @Nullable Duration age, @Nullable Duration left) {
        @Nullable
        String warning() {
            if (left != null && left.compareTo(NOTICE_PERIOD) < 0) {
                return what + (left.isNegative() ? " has ended" : " ends in " + left.toDays() + " days") + ": renew it";
            }
            return left == null && age != null && age.compareTo(OLD) > 0
                    ? what + " is " + age.toDays() + " days old: rotate it"
                    : null;
        }
    }

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
        List<Age> ages = new ArrayList<>(ofNode(places));
        ages.addAll(certificates(places.facts().resolve("tls")));
        ages.addAll(ofTasks(places.tasks().resolve("keys")));
        List<String> warnings = ages.stream()
                .map(Age::warning)
                .filter(java.util.Objects::nonNull)
                .toList();
        warnings.forEach(warning -> LOG.warn("SECURITY WARNING: {}", warning));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("checked", ages.stream().map(KeyAgesJob::described).toList());
        result.put("warnings", warnings);
        return result;
    }

    private static Map<String, Object> described(Age age) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("what", age.what());
        if (age.age() != null) {
            members.put("age_days", age.age().toDays());
        }
        if (age.left() != null) {
            members.put("days_left", age.left().toDays());
        }
        return members;
    }

    private static List<Age> ofNode(PlatformFolders places) throws IOException, InterruptedException {
        RunFile node = RunFile.ofRunning(places.factsStore())
                .orElseThrow(
                        () -> new IllegalStateException("the fact node is not running: its keys were not looked at"));
        String metrics = metrics("http://localhost:" + node.ports().getOrDefault("plain_port", 0) + "/metrics");
        Map<String, Duration> ages = new LinkedHashMap<>();
        Map<String, Duration> lefts = new LinkedHashMap<>();
        Matcher gauges = GAUGE.matcher(metrics);
        while (gauges.find()) {
            Duration value = Duration.ofSeconds((long) Double.parseDouble(gauges.group(3)));
            (gauges.group(1).equals("age") ? ages : lefts).put(gauges.group(2), value);
        }
        return lefts.entrySet().stream()
                .map(left -> new Age(displayName(left.getKey()), ages.get(left.getKey()), left.getValue()))
                .toList();
    }

    static String displayName(String kind) {
        return "the fact node's "
                + switch (kind) {
                    case "certificate" -> "certificate";
                    case "api_key" -> "API key that ends first";
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

    private List<Age> certificates(Path folder) throws IOException, CertificateException {
        List<Age> ages = new ArrayList<>();
        for (Path file : filesIn(folder)) {
            if (file.toString().endsWith(".crt")) {
                try (InputStream pem = Files.newInputStream(file)) {
                    X509Certificate certificate = (X509Certificate)
                            CertificateFactory.getInstance("X.509").generateCertificate(pem);
                    ages.add(new Age(
                            "the certificate " + file.getFileName(),
                            since(certificate.getNotBefore().toInstant()),
                            Duration.between(
                                    clock.instant(), certificate.getNotAfter().toInstant())));
                }
            }
        }
        return ages;
    }

    private List<Age> ofTasks(Path folder) throws IOException {
        List<Age> ages = new ArrayList<>();
        for (Path file : filesIn(folder)) {
            ages.add(new Age(
                    "the tasks' " + file.getFileName() + " signing key",
                    since(Files.getLastModifiedTime(file).toInstant()),
                    null));
        }
        return ages;
    }

    private Duration since(Instant instant) {
        return Duration.between(instant, clock.instant());
    }

    private static List<Path> filesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
