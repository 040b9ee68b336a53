using Agents.Budgets;
using Agents.Reasoning;
using Agents.Strategies.Candidates;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Agents.Plugins.Malt.Pipeline;

/// <summary>Runs one stage of all passes at once. Every pass reads only its own branch.</summary>
internal sealed class PassRunner(ReasoningTask task, RoleAdapters adapters, double temperature)
{
    /// <summary>Samples the generator's texts as one group: they share their whole prompt.</summary>
    /// <param name="step">Step of the calls.</param>
    /// <param name="count">Number of passes.</param>
    /// <param name="cancellationToken">Passed to the model.</param>
    public async Task<Candidate[]> GenerateAsync(IReasoningStep step, int count, CancellationToken cancellationToken)
    {
        IReadOnlyList<ChatMessage> prompt = RolePrompt.Render(step, task, MaltRole.Generator);
        ChatOptions options = RolePrompt.Options(step, task, MaltRole.Generator, adapters, temperature);
        IReadOnlyList<ChatResponse> responses = await CandidateSampler.Group(step, ModelRoles.Default).SampleAsync(prompt, count, options, cancellationToken).ConfigureAwait(false);
        return [.. responses.Select((response, index) => RoleNotes.Read(step, response, index, MaltRole.Generator, null))];
    }

    /// <summary>Runs a later role once per pass. A call that fails leaves its pass without this stage; the trace has the error.</summary>
    /// <param name="step">Step of the calls.</param>
    /// <param name="role">Verifier or refiner.</param>
    /// <param name="solutions">The generator's text of each pass.</param>
    /// <param name="critiques">The verifier's text of each pass; null without a verifier.</param>
    /// <param name="concludes">Whether the verifier's text is to be the answer.</param>
    /// <param name="cancellationToken">Passed to the model.</param>
    /// <returns>The text of each pass; null where the call failed.</returns>
    public async Task<Candidate?[]> ContinueAsync(
        IReasoningStep step, MaltRole role, Candidate[] solutions, Candidate?[]? critiques, bool concludes, CancellationToken cancellationToken)
    {
        // Started in order of passes, so that the streams of their calls do not depend on timing.
        Task<Candidate?>[] calls = [.. solutions.Select((solution, pass) => CallAsync(step, role, solution, critiques?[pass], pass, solutions.Length - pass, concludes, cancellationToken))];
        return await Task.WhenAll(calls).ConfigureAwait(false);
    }

    private async Task<Candidate?> CallAsync(
        IReasoningStep step, MaltRole role, Candidate solution, Candidate? critique, int pass, int together, bool concludes, CancellationToken cancellationToken)
    {
        IReadOnlyList<ChatMessage> prompt = RolePrompt.Render(step, task, role, solution.Text, critique?.Text ?? "", concludes);
        ChatOptions options = CandidateSampler.Together(RolePrompt.Options(step, task, role, adapters, temperature), together);
        try
        {
            ChatResponse response = await step.Model(RolePrompt.ModelRoleOf(role)).GetResponseAsync(prompt, options, cancellationToken).ConfigureAwait(false);
            return RoleNotes.Read(step, response, pass, role, (critique ?? solution).Response.TraceNodeId());
        }
        catch (Exception error) when (error is not (OperationCanceledException or BudgetExceededException))
        {
            step.Logger.LogWarning(error, "The {Role} of pass {Pass} failed; the pass goes on without it.", RolePrompt.NameOf(role), pass + 1);
            return null;
        }
    }
}
