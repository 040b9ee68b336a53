using System.Runtime.CompilerServices;
using Agents.Plugins.Malt.Pipeline;
using Agents.Reasoning;
using Agents.Strategies.Candidates;

namespace Agents.Plugins.Malt;

/// <summary>
/// MALT at inference (arXiv 2412.01928; papers/33 §2.1): a generator answers, a verifier criticizes the answer, a refiner writes the final solution with both in view;
/// independent passes vote, the earliest wins ties. Three passes of three roles cost nine calls.
/// </summary>
public sealed class MaltStrategy : IReasoningStrategy
{
    /// <summary>Id of the strategy.</summary>
    public const string Id = "malt";

    private const int DefaultPasses = 3;
    private const double DefaultTemperature = 0.3;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReasoningUpdate> SolveAsync(
        ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(context);
        MaltSettings settings = MaltSettings.Read(context.Options);
        RoleAdapters adapters = settings.Adapters();
        adapters.Require(context);
        MaltPipeline pipeline = Affordable(settings.Pipeline, context.Budget.RemainingCalls);
        int passes = Math.Max(1, Math.Min(context.Options.Samples ?? DefaultPasses, context.Budget.RemainingCalls / Roles(pipeline)));
        var runner = new PassRunner(task, adapters, context.Options.Temperature ?? DefaultTemperature);

        Candidate[] solutions;
        using (IReasoningStep step = context.BeginStep("generate"))
        {
            yield return new StepStartedUpdate(step.NodeId, step.Name);
            solutions = await runner.GenerateAsync(step, passes, cancellationToken).ConfigureAwait(false);
            yield return new StepFinishedUpdate(step.NodeId, $"{solutions.Length} solutions, {Vote.Of(solutions).Distinct} distinct answers");
        }

        Candidate[] answers = solutions;
        yield return new DraftUpdate(Answer(solutions, answers, pipeline));
        Candidate?[]? critiques = null;
        if (pipeline is MaltPipeline.Gvr or MaltPipeline.Gv && !SoftLimit.Reached(context.Budget))
        {
            using IReasoningStep step = context.BeginStep("verify");
            yield return new StepStartedUpdate(step.NodeId, step.Name);
            bool concludes = pipeline == MaltPipeline.Gv;
            critiques = await runner.ContinueAsync(step, MaltRole.Verifier, solutions, null, concludes, cancellationToken).ConfigureAwait(false);
            answers = concludes ? Latest(critiques, solutions) : answers;
            yield return new StepFinishedUpdate(step.NodeId, $"{critiques.Count(critique => critique is not null)} critiques");
        }

        if (pipeline is MaltPipeline.Gvr or MaltPipeline.Gr && !SoftLimit.Reached(context.Budget))
        {
            using IReasoningStep step = context.BeginStep("refine");
            yield return new StepStartedUpdate(step.NodeId, step.Name);
            Candidate?[] refined = await runner.ContinueAsync(step, MaltRole.Refiner, solutions, critiques, concludes: false, cancellationToken).ConfigureAwait(false);
            answers = Latest(refined, solutions);
            yield return new StepFinishedUpdate(step.NodeId, $"{Changed(solutions, answers, context)} of {answers.Length} answers changed");
        }

        yield return new AnswerUpdate(Answer(solutions, answers, pipeline).With(("changed", Changed(solutions, answers, context))));
    }

    /// <summary>Returns how many roles a pass runs through.</summary>
    /// <param name="pipeline">The pipeline.</param>
    internal static int Roles(MaltPipeline pipeline) => pipeline switch { MaltPipeline.G => 1, MaltPipeline.Gvr => 3, _ => 2 };

    // Passes go first, then the verifier: a refiner without a critique still rereads the solution, a critique that nobody reads is wasted.
    private static MaltPipeline Affordable(MaltPipeline wanted, int calls) =>
        calls >= Roles(wanted) ? wanted : calls == 2 ? MaltPipeline.Gr : MaltPipeline.G;

    // A stage that failed or has no final answer must not take the vote of a pass away.
    private static Candidate[] Latest(Candidate?[] later, Candidate[] earlier) =>
        [.. earlier.Select((solution, pass) => later[pass] is { } text && (text.Answer is not null || (solution.Answer is null && text.Text.Length > 0)) ? text : solution)];

    private static int Changed(Candidate[] solutions, Candidate[] answers, IReasoningContext context) =>
        solutions.Zip(answers, (before, after) => !ReferenceEquals(before, after) && !context.Answers.Equivalent(before.FinalAnswer, after.FinalAnswer)).Count(changed => changed);

    private static ReasoningAnswer Answer(Candidate[] solutions, Candidate[] answers, MaltPipeline pipeline) =>
        Answers.Of(Vote.Of(answers), answers).With(("pipeline", pipeline.ToString().ToLowerInvariant()), ("generatorAgreement", Vote.Of(solutions).Agreement));
}
