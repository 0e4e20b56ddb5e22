package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.testkit.RedisServer;
import bulwark.testkit.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Keys and certificates change while tasks flow: verifiers learn the new first, then producers use it, then the old goes. Nothing is rejected, nothing lost. */
@Timeout(180)
class TaskRotationTest {
    @TempDir
    Path folder;

    @Test
    void a_shared_secret_is_rotated_with_traffic_running() throws Exception {
        String first = hmac("k1");
        String second = hmac("k2");
        rotate(
                new Step(Map.of("STEM_SIGNING_KEYS", first), "k1"),
                new Step(Map.of("STEM_SIGNING_KEYS", first + "," + second), "k2"),
                new Step(Map.of("STEM_SIGNING_KEYS", second), "k2"));
    }

    @Test
    void a_key_pair_is_rotated_with_traffic_running() throws Exception {
        Map<String, String> first = pair("k1");
        Map<String, String> second = pair("k2");
        Map<String, String> both = new LinkedHashMap<>();
        first.forEach((name, key) -> both.put(name, key + "," + second.get(name)));
        rotate(new Step(first, "k1"), new Step(both, "k2"), new Step(second, "k2"));
    }

    /** @param keys by setting, as the files hold them; @param active who signs from this step on */
    private record Step(Map<String, String> keys, String active) {}

    private void rotate(Step old, Step both, Step renewed) throws Exception {
        Map<String, String> settings = TaskFleet.settings(folder, "sqlite:" + folder.resolve("tasks.db"));
        settings.remove("STEM_SIGNING_KEYS");
        settings.remove("STEM_SIGNING_ACTIVE_KEY");
        Path verifying = Files.createDirectory(folder.resolve("worker-keys"));
        Path signing = Files.createDirectory(folder.resolve("producer-keys"));
        Map<String, String> worker = keyFiles(settings, verifying, old, old.active());
        Map<String, String> producer = keyFiles(settings, signing, old, old.active());
        Path record = folder.resolve("runs");
        Set<String> sent = new HashSet<>();
        try (StemProcess process = StemProcess.start(folder, worker, "worker", "start")) {
            try (Producers producers = Producers.start(producer, folder, record)) {
                ran(record, 50);
                write(verifying, both, old.active());
                process.signal("HUP");
                process.awaitLog("k2");
                write(signing, both, both.active());
                producers.reload();
                ran(record, 50);
                producers.stop();
                sent.addAll(producers.acknowledged);
                allRan(record, sent);
                write(verifying, renewed, renewed.active());
                process.signal("HUP");
                write(signing, renewed, renewed.active());
            }
            try (Producers producers = Producers.start(producer, folder, record)) {
                ran(record, 50);
                producers.stop();
                sent.addAll(producers.acknowledged);
            }
            allRan(record, sent);
            assertThat(process.metric("stem_tasks_signature_invalid_total")).isZero();
        }
    }

    @Test
    void certificates_are_changed_under_load_and_nothing_is_lost() throws Exception {
        makeCertificates("certs");
        try (RedisServer redis = RedisServer.mutualTls(
                certs().resolve("server.crt"),
                certs().resolve("server.key"),
                certs().resolve("ca.crt"),
                "--appendonly",
                "yes",
                "--appendfsync",
                "always")) {
            certificatesAreChanged(redis);
        }
    }

    private void certificatesAreChanged(RedisServer redis) throws Exception {
        Map<String, String> settings = TaskFleet.settings(folder, redis.url("localhost"));
        settings.put("STEM_TLS_CA_CERT", certs().resolve("ca.crt").toString());
        settings.put("STEM_TLS_CLIENT_CERT", certs().resolve("client.crt").toString());
        settings.put("STEM_TLS_CLIENT_KEY", certs().resolve("client.key").toString());
        Path record = folder.resolve("runs");
        try (StemProcess worker = StemProcess.start(folder, settings, "worker", "start");
                Producers producers = Producers.start(settings, folder, record)) {
            ran(record, 50);
            makeCertificates("renewed");
            for (String name : new String[] {"ca.crt", "client.crt", "client.key", "server.crt", "server.key"}) {
                Files.copy(
                        folder.resolve("renewed").resolve(name),
                        certs().resolve(name),
                        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
            worker.signal("HUP");
            producers.reload();
            redis.killAndStart();
            ran(record, 100);
            producers.stop();
            allRan(record, producers.acknowledged);
            RecordedRuns.read(record).assertEachRepetitionIsFenced();
            assertThat(worker.metric("stem_tasks_signature_invalid_total")).isZero();
        }
    }

    private Path certs() {
        return folder.resolve("certs");
    }

    private void makeCertificates(String directory) throws IOException, InterruptedException {
        Shell.Outcome made = StemProcess.run(folder, Map.of(), "tls", "generate", directory, "localhost");
        assertThat(made.exitCode()).as(made.err()).isZero();
    }

    private static void ran(Path record, int more) throws IOException {
        int enough = RecordedRuns.read(record).total() + more;
        await().atMost(Duration.ofSeconds(60))
                .until(() -> RecordedRuns.read(record).total() >= enough);
    }

    private static void allRan(Path record, Set<String> sent) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> RecordedRuns.read(record).byTask().keySet().containsAll(sent));
    }

    private static Map<String, String> keyFiles(Map<String, String> settings, Path keys, Step step, String active)
            throws IOException {
        write(keys, step, active);
        Map<String, String> all = new LinkedHashMap<>(settings);
        for (String name : step.keys().keySet()) {
            all.put(name + "_FILE", keys.resolve(name).toString());
        }
        all.put(
                "STEM_SIGNING_ACTIVE_KEY_FILE",
                keys.resolve("STEM_SIGNING_ACTIVE_KEY").toString());
        if (step.keys().containsKey("STEM_SIGNING_PUBLIC_KEYS")) {
            all.put("STEM_SIGNING_ALGORITHM", "ed25519");
        }
        return all;
    }

    private static void write(Path keys, Step step, String active) throws IOException {
        for (Map.Entry<String, String> key : step.keys().entrySet()) {
            owned(keys.resolve(key.getKey()), key.getValue());
        }
        owned(keys.resolve("STEM_SIGNING_ACTIVE_KEY"), active);
    }

    private static void owned(Path file, String text) throws IOException {
        if (!Files.exists(file)) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        Files.writeString(file, text);
    }

    private String hmac(String id) throws IOException, InterruptedException {
        return id + ":"
                + Shell.bash(folder, Map.of(), Duration.ofSeconds(10), "openssl rand -base64 32")
                        .out()
                        .strip();
    }

    /** Public and private list of one new pair, under this id. */
    private Map<String, String> pair(String id) throws IOException, InterruptedException {
        Map<String, String> pair = new LinkedHashMap<>();
        StemProcess.run(folder, Map.of(), "keygen", "ed25519")
                .out()
                .lines()
                .filter(line -> line.contains("_KEYS="))
                .forEach(
                        line -> pair.put(line.substring(0, line.indexOf('=')), id + line.substring(line.indexOf(':'))));
        assertThat(pair).containsOnlyKeys("STEM_SIGNING_PUBLIC_KEYS", "STEM_SIGNING_PRIVATE_KEYS");
        return pair;
    }
}
