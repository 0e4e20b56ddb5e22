package bulwark.app.stem.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.util.List;

/** With TLS 1.3 a missing certificate is refused after the handshake: the first reply tells. */
final class RedisCertificateProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "TASKS-REDIS-02",
                        Severity.CRITICAL,
                        "The broker demands a certificate of whoever connects.",
                        "task document, step 2: \"tls-auth-clients yes\"",
                        "redis-cli config set tls-auth-clients yes, and the same in its file")
                .requires("V12.3.5")
                .sends(2, "nothing");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        RedisTarget redis = RedisTarget.of(visit);
        String expected = "a reply to the worker's certificate, and none without one";
        if (!redis.encrypted()) {
            return Observed.fail(expected, "the worker connects without TLS, so that nobody shows a certificate");
        }
        boolean own = answers(redis, true);
        boolean none = answers(redis, false);
        return Observed.of(
                own && !none,
                expected,
                (own ? "a reply" : "no reply") + " to the worker's certificate, " + (none ? "a reply" : "no reply")
                        + " without one");
    }

    private static boolean answers(RedisTarget redis, boolean certified) {
        try (RedisDialogue dialogue = redis.connect(certified)) {
            List<String> ignored = dialogue.ask("PING");
            return true;
        } catch (IOException refused) {
            return false;
        }
    }
}
