package bulwark.gateway.control.rest;

import bulwark.gateway.control.state.ControlStore;
import bulwark.web.Route;
import java.util.ArrayList;
import java.util.List;

/** Every operation of the control plane, in one table: the routes of the edge and the OpenAPI document follow from it. Immutable. */
public final class OperationTable {
    /** Quota dimension of all calls with a credential. */
    public static final String DIMENSION = "control";

    /** How callers of most operations may identify themselves. */
    private static final String[] CALLERS = {"token", "operator_key", "service_key"};

    /** How a gateway does. */
    public static final String GATEWAY_KEY = "gateway_key";

    private final List<ControlOperation> operations;

    public OperationTable(List<ControlOperation> operations) {
        this.operations = List.copyOf(operations);
    }

    public List<ControlOperation> operations() {
        return operations;
    }

    public List<Route> routes(ControlStore store) {
        List<Route> routes = new ArrayList<>();
        operations.forEach(operation -> routes.add(route(operation, store)));
        return routes;
    }

    private static Route route(ControlOperation operation, ControlStore store) {
        String method = operation.method();
        String path = operation.path();
        bulwark.web.Handler handler = request -> operation.handler().handle(ControlCall.of(operation, request, store));
        return switch (operation.access()) {
            case ControlOperation.Access.Open _ -> Route.open(method, path, handler);
            case ControlOperation.Access.Permitted permitted ->
                Route.permitted(method, path, permitted.permission().wireName(), DIMENSION, handler)
                        .identifiedBy(CALLERS);
            case ControlOperation.Access.OfGateway _ ->
                Route.authenticated(method, path, GATEWAY_KEY, handler).identifiedBy(GATEWAY_KEY);
        };
    }
}
