package bulwark.app.stem;

import bulwark.app.stem.probe.TaskProbes;
import bulwark.app.up.LocalScrape;
import bulwark.doctor.target.Enrolment;
import bulwark.doctor.target.TargetPart;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.keys.Expiry;
import bulwark.kernel.process.PidFile;
import bulwark.kernel.rotation.RotationKind;
import bulwark.kernel.rotation.RotationRecord;
import bulwark.tasks.envelope.DartTimestamps;
import bulwark.tasks.setup.TaskRuntime;
import bulwark.tasks.setup.TaskSettings;
import bulwark.tasks.signing.KeyPurpose;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The Ed25519 key that signs tasks, or the one that signs commands to workers. A worker's heartbeat names the keys that it accepts, a beat's metrics the key that it signs with: both read their key
 * files again every ten seconds.
 */
final class TaskKeyRotation implements RotationKind {
    static final Duration MAX_AGE = Duration.ofDays(90);

    private static final String NEW = "new_key";
    private static final String OLD = "old_key";
    private static final Pattern TIME =
            Pattern.compile("([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})Z");
    /** Tasks that wait for a time or for another try bear the signature of the former key. */
    private static final Duration WINDOW = Duration.ofDays(7);

    private final Path state;
    private final TaskKeyFiles files;
    private final KeyPurpose purpose;
    private final Clock clock;

    /** @param state the folder of all parts */
    TaskKeyRotation(Path state, Path directory, KeyPurpose purpose, Clock clock) {
        this.state = state;
        this.files = new TaskKeyFiles(directory);
        this.purpose = purpose;
        this.clock = clock;
    }

    @Override
    public String name() {
        return purpose == KeyPurpose.TASKS ? "task-key" : "control-key";
    }

    @Override
    public String description() {
        return purpose == KeyPurpose.TASKS
                ? "the Ed25519 key that signs tasks"
                : "the Ed25519 key that signs commands to workers";
    }

    /** Both purposes share the files of public keys and of purposes. */
    @Override
    public String group() {
        return "signing-keys-of-tasks";
    }

    @Override
    public Optional<Expiry> expiry() throws IOException {
        if (!Files.exists(files.signing(purpose))) {
            return Optional.empty();
        }
        Instant created = files.created(purpose);
        return Optional.of(new Expiry(created, created.plus(MAX_AGE), "Rotate it: ./bulwark rotate " + name() + "."));
    }

    @Override
    public Duration window() {
        return purpose == KeyPurpose.TASKS ? WINDOW : Duration.ZERO;
    }

    @Override
    public Map<String, String> plan(String id) throws IOException {
        return Map.of(OLD, files.signingId(purpose), NEW, purpose.word() + "-" + id);
    }

    /** When a key was made that a rotation named. */
    static Optional<Instant> created(String keyId) {
        Matcher time = TIME.matcher(keyId);
        return time.find()
                ? Optional.of(Instant.parse(time.group(1) + "-" + time.group(2) + "-" + time.group(3) + "T"
                        + time.group(4) + ":" + time.group(5) + ":" + time.group(6) + "Z"))
                : Optional.empty();
    }

    @Override
    public void announce(RotationRecord rotation) throws IOException {
        files.announce(purpose, rotation.name(NEW));
    }

    @Override
    public List<String> unconfirmed(RotationRecord rotation) throws IOException {
        return workersThat(
                accepted -> !accepted.contains(rotation.name(NEW)),
                "does not name the key " + rotation.name(NEW) + " among those that it accepts");
    }

    @Override
    public void promote(RotationRecord rotation) throws IOException {
        files.promote(purpose, rotation.name(NEW));
    }

    /** Commands read their files at each start, so only a beat can go on signing with the old key. */
    @Override
    public List<String> notUsing(RotationRecord rotation) throws IOException, InterruptedException {
        if (purpose == KeyPurpose.CONTROL) {
            return List.of();
        }
        Optional<TargetPart> running = new TaskProbes().locate(state, new Enrolment(state));
        Optional<String> beat = running.flatMap(part -> part.find("beat_url"));
        if (beat.isEmpty()) {
            return List.of("the beat: it is not running");
        }
        String wanted = "stem_signing_key{key=\"" + rotation.name(NEW) + "\",purpose=\"" + purpose.word() + "\"} 1";
        return LocalScrape.of(beat.get() + "/metrics").lines().anyMatch(line -> line.startsWith(wanted))
                ? List.of()
                : List.of("the beat: it does not sign with the key " + rotation.name(NEW));
    }

    @Override
    public void limit(RotationRecord rotation) throws IOException {
        Instant until = Objects.requireNonNull(rotation.retireAt());
        if (clock.instant().isBefore(until)) {
            files.limit(purpose, rotation.name(OLD), until);
        }
    }

    @Override
    public void retire(RotationRecord rotation) throws IOException {
        files.retire(rotation.name(OLD));
    }

    @Override
    public List<String> stillAccepting(RotationRecord rotation) throws IOException {
        return workersThat(
                accepted -> accepted.contains(rotation.name(OLD)), "still accepts the key " + rotation.name(OLD));
    }

    @Override
    public void destroy(RotationRecord rotation) throws IOException {
        files.destroy(purpose, rotation.name(OLD));
    }

    @Override
    public void withdraw(RotationRecord rotation) throws IOException {
        files.retire(rotation.name(NEW));
        files.destroy(purpose, rotation.name(NEW));
    }

    /** A check of the keys that a worker says it accepts. */
    @FunctionalInterface
    private interface AcceptedKeys {
        boolean areWrong(List<String> ids);
    }

    /**
     * The worker of {@code up} must be there: a store that nobody holds would be held by this process. Every other worker that has a heartbeat is looked at too.
     *
     * @return each worker whose keys are wrong, or that says nothing of them
     */
    private List<String> workersThat(AcceptedKeys check, String what) throws IOException {
        Path pidFile = files.directory().resolve("worker/worker.pid");
        if (!(PidFile.inspect(pidFile) instanceof PidFile.State.Running running)) {
            return List.of("the worker of " + files.directory() + ": it is not running");
        }
        List<String> wrong = new ArrayList<>();
        boolean seen = false;
        for (ObjectNode heartbeat : heartbeats()) {
            JsonNode extras = heartbeat.path("extras");
            boolean own = extras.path("pid").asLong(0) == running.pid();
            seen |= own && isYoung(heartbeat);
            String worker = "the worker " + heartbeat.path("workerId").asString("") + " (process "
                    + extras.path("pid").asLong(0) + ")";
            if (isYoung(heartbeat) && check.areWrong(ids(extras))) {
                wrong.add(worker + ": it " + what);
            }
        }
        if (!seen) {
            wrong.add("the worker (process " + running.pid() + "): it has sent no heartbeat of late");
        }
        return wrong;
    }

    private List<String> ids(JsonNode extras) {
        List<String> ids = new ArrayList<>();
        extras.path("acceptedKeys").path(purpose.word()).forEach(id -> ids.add(id.asString("")));
        return ids;
    }

    /** A worker that was killed leaves a heartbeat behind, which ends by itself. */
    private boolean isYoung(ObjectNode heartbeat) {
        return DartTimestamps.parse(heartbeat.path("timestamp").asString(""))
                .filter(at -> Duration.between(at, clock.instant()).compareTo(Duration.ofSeconds(60)) < 0)
                .isPresent();
    }

    private List<ObjectNode> heartbeats() throws IOException {
        Map<String, String> settings =
                Map.of("STEM_STATE_DIR", files.directory().toString());
        // No .env is read there.
        Path elsewhere = files.folder();
        Configuration configuration = Configuration.readLenient(TaskSettings.schema(), settings, elsewhere);
        try (TaskRuntime observer = TaskRuntime.open(configuration, elsewhere, clock)) {
            return List.copyOf(observer.stores().results().heartbeats());
        }
    }
}
