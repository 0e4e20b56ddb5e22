/**
 * A call on its way through the gateway, and the stages that decide upon it.
 *
 * <p>To plug in: write a {@link bulwark.gateway.call.RequestStage} and put it into its slot of {@link bulwark.gateway.call.CallPipeline}, which runs identity, quota, permission,
 * policies and evidence in this order, then forwards, then reports the end of the call to every {@link bulwark.gateway.call.CallEndListener}. A stage runs on the event
 * loop and never blocks: what must wait answers {@link bulwark.gateway.call.StageResult.Later} with a future that another thread completes. A stage leaves on the
 * {@link bulwark.gateway.call.GatewayCall} what later ones need: the principal, the rule that decided, headers for the answer ({@code X-RateLimit-*}) and for the
 * backend ({@code X-User-ID}).
 */
@NullMarked
package bulwark.gateway.call;

import org.jspecify.annotations.NullMarked;
