package bulwark.tasks.handler;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The handlers of a process by their names, each name once. Immutable. */
public final class HandlerRegistry {
    private static final Pattern NAME = Pattern.compile("[^\\p{Cntrl}\\s]{1,256}");

    private final Map<String, TaskHandler> byName;

    private HandlerRegistry(Map<String, TaskHandler> byName) {
        this.byName = Map.copyOf(byName);
    }

    /** @throws HandlersRefused listing every bad or duplicate name and every method that cannot be a handler */
    public static HandlerRegistry of(
            Collection<? extends TaskHandler> handlers, Collection<? extends TaskModule> modules) {
        List<String> problems = new ArrayList<>();
        List<TaskHandler> all = new ArrayList<>(handlers);
        for (TaskModule module : modules) {
            for (Method method : module.getClass().getMethods()) {
                Task task = method.getAnnotation(Task.class);
                if (task != null) {
                    addMethod(module, method, task, all, problems);
                }
            }
        }
        Map<String, TaskHandler> byName = new TreeMap<>();
        for (TaskHandler handler : all) {
            String name = handler.name();
            if (!NAME.matcher(name).matches()) {
                problems.add(handler.getClass().getName() + ": a task's name has 1 to 256 characters without blanks");
                continue;
            }
            TaskHandler other = byName.putIfAbsent(name, handler);
            if (other != null) {
                problems.add("two handlers are named " + name + ": "
                        + other.getClass().getName() + " and "
                        + handler.getClass().getName());
            }
        }
        if (!problems.isEmpty()) {
            throw new HandlersRefused(problems);
        }
        return new HandlerRegistry(byName);
    }

    private static void addMethod(
            TaskModule module, Method method, Task task, List<TaskHandler> all, List<String> problems) {
        try {
            all.add(MethodTask.of(module, method, task));
        } catch (IllegalArgumentException e) {
            problems.add(module.getClass().getName() + "." + method.getName() + ": " + e.getMessage());
        }
    }

    /** Everything that {@link ServiceLoader} finds as a {@link TaskHandler} or a {@link TaskModule}. @throws HandlersRefused see {@link #of} */
    public static HandlerRegistry discover(ClassLoader loader) {
        return discover(loader, List.of());
    }

    /** As {@link #discover(ClassLoader)}, and further ones. */
    public static HandlerRegistry discover(ClassLoader loader, Collection<? extends TaskHandler> further) {
        List<TaskHandler> handlers = new ArrayList<>(further);
        ServiceLoader.load(TaskHandler.class, loader).forEach(handlers::add);
        List<TaskModule> modules = new ArrayList<>();
        ServiceLoader.load(TaskModule.class, loader).forEach(modules::add);
        return of(handlers, modules);
    }

    public @Nullable TaskHandler find(String name) {
        return byName.get(name);
    }

    /** By name. */
    public List<TaskHandler> all() {
        return new ArrayList<>(new TreeMap<>(byName).values());
    }
}
