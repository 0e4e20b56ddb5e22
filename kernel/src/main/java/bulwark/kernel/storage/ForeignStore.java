package bulwark.kernel.storage;

import java.nio.file.Path;

/** A SQLite database that another program wrote. A part may add which of its settings names the store. */
public final class ForeignStore extends StoreRefused {
    ForeignStore(Path file) {
        super(file + " was written by another program; it was left untouched. Name another path for the store.");
    }
}
