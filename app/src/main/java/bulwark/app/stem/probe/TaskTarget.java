package bulwark.app.stem.probe;

import bulwark.doctor.probe.ProbeNotApplicable;
import bulwark.doctor.probe.Visit;
import bulwark.doctor.target.TargetPart;
import bulwark.doctor.target.TargetProcess;
import bulwark.kernel.config.Configuration;
import bulwark.tasks.setup.TaskRuntime;
import bulwark.tasks.setup.TaskSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Workers and beat of a visit. */
record TaskTarget(Visit visit, TargetPart part) {
    static TaskTarget of(Visit visit) {
        return new TaskTarget(visit, visit.part(TaskProbes.NAME));
    }

    Path state() {
        return part.path("state");
    }

    Path keys() {
        return state().resolve("keys");
    }

    /** @throws IOException when it is not there */
    TargetProcess process(String name) throws IOException {
        return part.processes().stream()
                .filter(process -> process.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IOException("no " + name + " is running there"));
    }

    /**
     * As a producer would be, with keys of the doctor's own or with none. Only while a worker holds the store: without it this process would become its holder.
     *
     * @param settings STEM_ names and values, without the deployment's keys
     */
    TaskRuntime producer(Map<String, String> settings) throws IOException {
        TargetProcess ignored = process("worker");
        Map<String, String> all = new HashMap<>(settings);
        all.put("STEM_STATE_DIR", state().toString());
        // No .env is read there.
        Path elsewhere = visit.memory().folder();
        return TaskRuntime.open(
                Configuration.readLenient(TaskSettings.schema(), all, elsewhere), elsewhere, visit.clock());
    }

    /** {@code id:base64} entries of the file with the keys that workers trust. */
    List<String> trustedKeys() throws IOException {
        Path file = keys().resolve("public");
        if (!Files.exists(file)) {
            throw new ProbeNotApplicable("not visible from here: there is no file " + file);
        }
        return List.of(Files.readString(file).strip().split(",")).stream()
                .map(String::strip)
                .filter(entry -> !entry.isEmpty())
                .toList();
    }

    /** Of the first trusted key. */
    Optional<String> trustedKeyId() throws IOException {
        return trustedKeys().stream()
                .map(entry -> entry.substring(0, Math.max(0, entry.indexOf(':'))))
                .findFirst();
    }
}
