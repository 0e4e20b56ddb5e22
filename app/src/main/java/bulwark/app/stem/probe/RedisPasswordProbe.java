package bulwark.app.stem.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;

/** The server's default user is whoever says nothing: it should be able to do nothing. */
final class RedisPasswordProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "TASKS-REDIS-03",
                        Severity.HIGH,
                        "Whoever says no password to the broker does nothing there.",
                        "task document, step 2; page \"Secrets Management\"",
                        "redis-cli acl setuser default off, give each program a user of its own, and name it in STEM_BROKER_URL")
                .requires("V13.2.1", "V13.2.3")
                .sends(1, "nothing");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        RedisTarget redis = RedisTarget.of(visit);
        String expected = "NOAUTH to a command before any password";
        String reply;
        try (RedisDialogue dialogue = redis.connect(true)) {
            reply = dialogue.ask("PING").getFirst();
        }
        if (reply.startsWith("-NOAUTH")) {
            return Observed.pass(expected, "NOAUTH");
        }
        if (redis.hasPassword() || !redis.encrypted()) {
            return Observed.fail(
                    expected,
                    "the reply " + reply
                            + (redis.hasPassword() ? ", though the worker itself has a password" : ", without TLS"));
        }
        return Observed.warn(
                expected,
                "the reply " + reply + ": a certificate is all that is asked for. A production deployment has a user"
                        + " of its own for each program, and the default one off");
    }
}
