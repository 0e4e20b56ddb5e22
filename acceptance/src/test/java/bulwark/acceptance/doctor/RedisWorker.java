package bulwark.acceptance.doctor;

import bulwark.kernel.json.StrictJson;
import bulwark.tasks.setup.TlsAssets;
import bulwark.testkit.ProgramProcess;
import bulwark.testkit.RedisServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A worker on a Redis with mutual TLS, a user of its own and an append-only file, in a state folder that the doctor looks at. Used by one thread. */
final class RedisWorker implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofMinutes(5);
    private static final String PASSWORD = "a-password-of-the-worker";

    private final DoctoredDeployment program;
    private final Path state;
    private final Path certificates;
    private final RedisServer server;
    private final ProgramProcess worker;

    RedisWorker(DoctoredDeployment program) throws Exception {
        this.program = program;
        state = program.folder().resolve("redis-state");
        certificates = program.folder().resolve("redis-certificates");
        new TlsAssets(certificates, List.of("redis"), "worker", Duration.ofDays(1), null).make(Clock.systemUTC());
        server = RedisServer.mutualTls(file("server.crt"), file("server.key"), file("ca.crt"), "--appendonly", "yes");
        redis("acl setuser worker on '>" + PASSWORD + "' '~*' '&*' +@all", "");
        redis("acl setuser default off");
        worker = start();
    }

    private ProgramProcess start() throws IOException, InterruptedException {
        Path folder = Files.createDirectories(state.resolve("tasks/worker"));
        program.shell("chmod -R go= " + state);
        Path pidFile = folder.resolve("worker.pid");
        ProgramProcess started = ProgramProcess.start(
                folder,
                Map.of(
                        "STEM_BROKER_URL", "rediss://worker:" + PASSWORD + "@localhost:" + server.port() + "/0",
                        "STEM_TLS_CLIENT_CERT", file("client.crt").toString(),
                        "STEM_TLS_CLIENT_KEY", file("client.key").toString(),
                        "STEM_TLS_CA_CERT", file("ca.crt").toString(),
                        "STEM_STATE_DIR", state.resolve("tasks").toString(),
                        "STEM_ALLOW_UNSIGNED", "1"),
                program.folder().resolve("redis-worker.log"),
                program.program("stem", "worker", "start", "--pidfile", pidFile.toString()));
        started.awaitReady(START_TIMEOUT, () -> Files.exists(pidFile));
        return started;
    }

    private Path file(String name) {
        return certificates.resolve(name);
    }

    /** By the client of Redis' own, as the worker's user. @return what it printed */
    String redis(String command) throws IOException, InterruptedException {
        return redis(command, "--user worker --pass " + PASSWORD + " --no-auth-warning ");
    }

    private String redis(String command, String login) throws IOException, InterruptedException {
        return program.shell("redis-cli -e --tls --cert " + file("client.crt") + " --key " + file("client.key")
                + " --cacert " + file("ca.crt") + " -h localhost -p " + server.port() + " " + login + command);
    }

    /** Status words by id, of the probes of Redis alone. */
    Map<String, String> visit() {
        String report = program.run(
                        "--json",
                        "--memory",
                        program.folder().resolve("redis-memory").toString(),
                        "--state",
                        state.toString(),
                        "--only",
                        "TASKS-REDIS")
                .out();
        return DoctoredDeployment.words(StrictJson.parse(report.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public void close() {
        worker.close();
        server.close();
    }
}
