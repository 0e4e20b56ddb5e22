package bulwark.gateway.control.state;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A part of a list.
 *
 * @param total of the whole list
 */
public record ObjectPage(List<ControlObject> objects, long total, PageRequest request) {
    public ObjectPage {
        objects = List.copyOf(objects);
    }

    /** As it is answered. */
    public Map<String, Object> members(Function<ControlObject, Map<String, Object>> view) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("items", objects.stream().map(view).toList());
        members.put("total", total);
        members.put("page", request.page());
        members.put("page_size", request.size());
        members.put("has_more", request.offset() + objects.size() < total);
        return members;
    }
}
