using Agents.Plugins.Malt.Pipeline;
using Agents.Reasoning;
using Agents.Strategies.Candidates;
using Agents.Verification;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.Malt.Trees;

/// <summary>
/// Samples a tree (papers/33 §2.2): n solutions, n critiques of each, n refinements of each critique. The n texts below one node read the same prompt and are one group,
/// so that the model computes the prompt once; all groups of a level run at the same time.
/// </summary>
internal sealed class TreeExpander(ReasoningTask task, RoleAdapters adapters, double temperature)
{
    /// <summary>Samples one level below each parent.</summary>
    /// <param name="step">Step of the calls.</param>
    /// <param name="role">Role of the level.</param>
    /// <param name="parents">The texts above, each as a path of texts from the generator on; one empty path for the generator.</param>
    /// <param name="branches">Texts per parent.</param>
    /// <param name="cancellationToken">Passed to the model.</param>
    /// <returns>For each parent its texts; fewer where calls failed.</returns>
    public async Task<IReadOnlyList<Candidate>[]> LevelAsync(
        IReasoningStep step, MaltRole role, IReadOnlyList<IReadOnlyList<Candidate>> parents, int branches, CancellationToken cancellationToken)
    {
        // Started in order of parents, so that the streams of their calls do not depend on timing.
        Task<IReadOnlyList<Candidate>>[] groups = [.. parents.Select((path, parent) => GroupAsync(step, role, path, branches, parent * branches, cancellationToken))];
        await ((Task)Task.WhenAll(groups)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // A group without any text is a branch that ends; a limit, a cancellation, or a level without any text ends the request.
        Task<IReadOnlyList<Candidate>>? ends = groups.FirstOrDefault(IsLimit) ?? (groups.Any(group => group.IsCompletedSuccessfully) ? null : groups[0]);
        if (ends is not null)
        {
            await ends.ConfigureAwait(false);
        }

        return [.. groups.Select(group => group.IsCompletedSuccessfully ? group.Result : [])];
    }

    /// <summary>Judges a text.</summary>
    /// <param name="verifier">The verifier; null judges nothing.</param>
    /// <param name="text">The text.</param>
    /// <param name="cancellationToken">Passed to the verifier.</param>
    public async ValueTask<bool?> JudgeAsync(IVerifier? verifier, Candidate text, CancellationToken cancellationToken)
    {
        if (verifier is null)
        {
            return null;
        }

        Verdict verdict = await verifier.JudgeAsync(new VerificationRequest(task.Question, text.Response.Text, task.Id), cancellationToken).ConfigureAwait(false);
        return verdict.Invalid ? false : verdict.Correct;
    }

    private static bool IsLimit(Task group) => group.IsCanceled || group.Exception?.InnerException is Budgets.BudgetExceededException;

    private async Task<IReadOnlyList<Candidate>> GroupAsync(
        IReasoningStep step, MaltRole role, IReadOnlyList<Candidate> path, int branches, int first, CancellationToken cancellationToken)
    {
        string solution = path.Count > 0 ? path[0].Text : "";
        string critique = path.Count > 1 ? path[1].Text : "";
        IReadOnlyList<ChatMessage> prompt = RolePrompt.Render(step, task, role, solution, critique);
        ChatOptions options = RolePrompt.Options(step, task, role, adapters, temperature);
        IReadOnlyList<ChatResponse> responses = await CandidateSampler.Group(step, RolePrompt.ModelRoleOf(role))
            .SampleAsync(prompt, branches, options, cancellationToken).ConfigureAwait(false);
        int? parent = path.Count == 0 ? null : path[^1].Response.TraceNodeId();
        return [.. responses.Select((response, index) => RoleNotes.Read(step, response, first + index, role, parent))];
    }
}
