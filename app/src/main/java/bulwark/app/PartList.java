package bulwark.app;

import bulwark.app.up.Part;
import java.util.List;

/** Every part of this program, in the order in which they start: a new part is one line here. */
final class PartList {
    static final List<Part> ALL = List.of(new FactsPart(), new TasksPart());

    private PartList() {}
}
