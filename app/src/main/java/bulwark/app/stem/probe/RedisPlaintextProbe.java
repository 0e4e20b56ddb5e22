package bulwark.app.stem.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.util.List;

/** Asked in plaintext, at the port of TLS and at the one for plaintext that the server itself says that it has. */
final class RedisPlaintextProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "TASKS-REDIS-01",
                        Severity.CRITICAL,
                        "The broker answers nobody in plaintext.",
                        "task document, step 2: \"TLS-only settings\"",
                        "Start Redis with --port 0 and --tls-port, and set STEM_BROKER_URL to rediss://")
                .requires("V12.3.1")
                .sends(3, "nothing");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        RedisTarget redis = RedisTarget.of(visit);
        String expected = "no reply to a plaintext command at " + redis + ", and no port for plaintext";
        if (answers(redis, redis.port())) {
            return Observed.fail(expected, "a reply at port " + redis.port());
        }
        String other = redis.setting("port");
        return other.equals("0") || !answers(redis, Integer.parseInt(other))
                ? Observed.pass(expected, "no reply; the server's port for plaintext is " + other)
                : Observed.fail(expected, "a reply at port " + other + ", beside the one of TLS");
    }

    private static boolean answers(RedisTarget redis, int port) {
        try (RedisDialogue dialogue = redis.plain(port)) {
            List<String> ignored = dialogue.ask("PING");
            return true;
        } catch (IOException silent) {
            return false;
        }
    }
}
