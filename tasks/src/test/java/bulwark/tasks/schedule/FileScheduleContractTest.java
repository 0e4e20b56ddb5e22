package bulwark.tasks.schedule;

import bulwark.tasks.broker.Broker;
import bulwark.tasks.contract.Place;
import bulwark.tasks.contract.ScheduleStoreContract;
import bulwark.tasks.locks.LockStore;
import bulwark.tasks.rates.RateLimiter;
import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.revocations.RevocationStore;
import bulwark.tasks.stores.TaskStores;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FileScheduleContractTest extends ScheduleStoreContract {
    @TempDir
    private Path folder;

    @Override
    protected Place place() {
        return new Files(folder);
    }

    private record Files(Path folder) implements Place {
        @Override
        public TaskStores stores() {
            return new SchedulesOnly(new FileScheduleStore(folder.resolve("schedules.json")));
        }

        @Override
        public TaskStores another() {
            return stores();
        }

        @Override
        public TaskStores elsewhere() {
            return new SchedulesOnly(new FileScheduleStore(folder.resolve("elsewhere.json")));
        }

        @Override
        public void close() {
            // Files are open only while they are written.
        }
    }

    /** A file keeps nothing else. */
    private record SchedulesOnly(ScheduleStore schedules) implements TaskStores {
        @Override
        public Broker broker() {
            throw new UnsupportedOperationException();
        }

        @Override
        public ResultBackend results() {
            throw new UnsupportedOperationException();
        }

        @Override
        public LockStore locks() {
            throw new UnsupportedOperationException();
        }

        @Override
        public RevocationStore revocations() {
            throw new UnsupportedOperationException();
        }

        @Override
        public RateLimiter rates() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }
}
