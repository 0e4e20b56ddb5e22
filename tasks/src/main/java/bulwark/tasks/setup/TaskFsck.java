package bulwark.tasks.setup;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.evidence.store.Fsck;
import bulwark.kernel.storage.StoreAtRest;
import bulwark.tasks.embedded.EmbeddedFsck;
import bulwark.tasks.events.TaskEvidence;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Looks at every file that this part keeps: embedded stores and the evidence of workers and beats. Nothing is written or created,
 * whether a process has the files open or not.
 */
public final class TaskFsck {
    private static final List<String> URLS =
            List.of("STEM_BROKER_URL", "STEM_RESULT_BACKEND_URL", "STEM_REVOKE_STORE_URL", "STEM_SCHEDULE_STORE_URL");

    private TaskFsck() {}

    /** @throws bulwark.kernel.storage.StoreRefused when a file is somebody else's or unreadable; with a sentence and remedy */
    public static Fsck.Report run(Configuration configuration, Path directory) {
        Fsck fsck = new Fsck();
        List<StoreAtRest> opened = new ArrayList<>();
        try {
            for (Path file : stores(configuration, directory)) {
                StoreAtRest store = StoreAtRest.openAlsoInUse(file);
                opened.add(store);
                EmbeddedFsck.add(fsck, file, store);
            }
            for (Path file : TaskEvidence.files(TaskSettings.stateDirectory(configuration, directory))) {
                StoreAtRest store = StoreAtRest.openAlsoInUse(file);
                opened.add(store);
                TaskEvidence.addChecks(fsck, store, file, TaskSettings.headFolder(configuration, directory));
            }
            return fsck.run();
        } finally {
            opened.forEach(StoreAtRest::close);
        }
    }

    /** Those that exist: a store that was never used is none yet. */
    private static Set<Path> stores(Configuration configuration, Path directory) {
        Set<Path> files = new LinkedHashSet<>();
        for (String setting : URLS) {
            String url = setting.equals("STEM_BROKER_URL")
                    ? TaskSettings.brokerUrl(configuration, directory)
                    : TaskSettings.url(configuration, setting);
            if (url != null && url.startsWith("sqlite:")) {
                String path = url.substring("sqlite:".length());
                Path file = directory
                        .resolve(path.startsWith("//") ? path.substring(2) : path)
                        .toAbsolutePath()
                        .normalize();
                if (Files.exists(file)) {
                    files.add(file);
                }
            }
        }
        return files;
    }
}
