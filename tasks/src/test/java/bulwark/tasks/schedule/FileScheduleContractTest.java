package bulwark.tasks.schedule;

import bulwark.tasks.contract.ScheduleStoreContract;
import bulwark.tasks.contract.TestStores;
import bulwark.tasks.memory.MemoryStores;
import bulwark.tasks.store.TaskStores;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.io.TempDir;

class FileScheduleContractTest extends ScheduleStoreContract {
    @TempDir
    private Path folder;

    @Override
    protected TestStores openStores() {
        return new Files(folder);
    }

    private record Files(Path folder) implements TestStores {
        @Override
        public TaskStores stores() {
            return SchedulesOnly.of(new FileScheduleStore(folder.resolve("schedules.json")));
        }

        @Override
        public TaskStores another() {
            return stores();
        }

        @Override
        public TaskStores elsewhere() {
            return SchedulesOnly.of(new FileScheduleStore(folder.resolve("elsewhere.json")));
        }

        @Override
        public void close() {
            // Files are open only while they are written.
        }
    }

    /** A file keeps nothing else. */
    private record SchedulesOnly(StoreSet storeSet) implements TaskStores {
        static SchedulesOnly of(ScheduleStore schedules) {
            StoreSet unused = new MemoryStores(Clock.systemUTC()).storeSet();
            return new SchedulesOnly(new StoreSet(
                    unused.broker(),
                    unused.results(),
                    schedules,
                    unused.locks(),
                    unused.revocations(),
                    unused.rates()));
        }

        @Override
        public void close() {}
    }
}
