using System.Globalization;
using System.Text.Json;
using Agents.Models;
using Agents.Reasoning;
using Agents.Strategies.Candidates;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.TestTimeImprovement.Synthesis;

/// <summary>G, self-augmentation: new questions of the kind of the seed with answers, in the generator's words (papers/61 §2). The generator sees the question alone, never the conversation around it, which might hold its answer.</summary>
internal sealed class PairWriter(ReasoningTask task, TestTimeImprovementSettings settings, IReadOnlyList<AdapterUse> adapters)
{
    /// <summary>Role of the model when it writes for itself; apart from the default role, so that a variant is never taken for an answer.</summary>
    public const string SelfRole = "self-augmentation";

    /// <summary>Role of the teacher.</summary>
    public const string TeacherRole = "teacher";

    private const string Prompt = "test-time-improvement/variant";
    private const int CheckTokens = 512;

    /// <summary>Gets how many replies were dropped.</summary>
    public int Dropped { get; private set; }

    /// <summary>Writes pairs; calls that the answer needs are left in the budget.</summary>
    /// <param name="step">Step that the calls hang below.</param>
    /// <param name="reserve">Calls to leave.</param>
    /// <param name="cancellationToken">Passed to the model.</param>
    /// <returns>At most K pairs; none where all were dropped.</returns>
    public async Task<IReadOnlyList<SyntheticPair>> WriteAsync(IReasoningStep step, int reserve, CancellationToken cancellationToken)
    {
        string role = settings.Generator == PairGenerator.Teacher ? TeacherRole : SelfRole;
        IReadOnlyList<ChatMessage> prompt = step.Prompt(Prompt, Variables(), role);
        var check = new PairCheck(task, step.Answers);
        List<SyntheticPair> pairs = [];
        for (int round = 0; round < settings.Attempts && pairs.Count < settings.Pairs; round++)
        {
            int wanted = Math.Min(settings.Pairs - pairs.Count, step.Budget.RemainingCalls - reserve);
            if (wanted < 1 || (round > 0 && SoftLimit.Reached(step.Budget)))
            {
                break;
            }

            IReadOnlyList<ChatResponse> replies = await CandidateSampler.Group(step, role).SampleAsync(prompt, wanted, Options(step, role), cancellationToken).ConfigureAwait(false);
            foreach (ChatResponse reply in replies)
            {
                string? reason = check.Reason(PairReader.Read(reply.Text), pairs, out SyntheticPair pair);
                if (reason is null && settings.Agree && step.Budget.RemainingCalls > reserve && !await AgreesAsync(step, pair, cancellationToken).ConfigureAwait(false))
                {
                    reason = "the model answers it otherwise";
                }

                if (reply.TraceNodeId() is { } node)
                {
                    step.Note(node, "pair", reason ?? "kept");
                }

                if (reason is null)
                {
                    pairs.Add(pair);
                }
                else
                {
                    Dropped++;
                }
            }
        }

        step.Note(step.NodeId, "pairs", string.Create(CultureInfo.InvariantCulture, $"{pairs.Count} kept, {Dropped} dropped"));
        return pairs;
    }

    // Self-consistency of y': the model answers x' again, greedily.
    private async Task<bool> AgreesAsync(IReasoningStep step, SyntheticPair pair, CancellationToken cancellationToken)
    {
        ChatOptions options = CandidateSampler.CallOptions(task, step, 0);
        ChatResponse reply = await step.Model(SelfRole).GetResponseAsync([new ChatMessage(ChatRole.User, pair.Question)], options, cancellationToken).ConfigureAwait(false);
        return pair.Call is { } call
            ? reply.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>().Any(other => other.Name == call.Name)
            : step.Answers.Equivalent(step.Answers.Extract(VisibleText.Of(reply.Text)), step.Answers.Extract(pair.Answer));
    }

    // A model that writes for itself is the one that answers, with the adapters of the request; a teacher has its own.
    private ChatOptions Options(IReasoningContext step, string role) => new()
    {
        Temperature = (float)settings.SynthesisTemperature,
        MaxOutputTokens = step.Options.MaxTokens ?? task.Options?.MaxOutputTokens ?? CheckTokens,
        AdditionalProperties = adapters.Count > 0 && role == SelfRole && task.Options?.AdditionalProperties?.ContainsKey(ChatOptionKeys.Adapters) == true ? new() { [ChatOptionKeys.Adapters] = adapters } : null,
    };

    private Dictionary<string, object?> Variables()
    {
        List<object?> tools = [];
        if (task.Options is { Tools: { } offered, ToolMode: not NoneChatToolMode })
        {
            foreach (AIFunctionDeclaration tool in offered.OfType<AIFunctionDeclaration>())
            {
                tools.Add(new Dictionary<string, object?> { ["name"] = tool.Name, ["description"] = tool.Description, ["parameters"] = Parameters(tool) });
            }
        }

        return new Dictionary<string, object?>(3) { ["question"] = task.Question, ["tools"] = tools, ["calls"] = tools.Count > 0 };
    }

    private static string Parameters(AIFunctionDeclaration tool) =>
        tool.JsonSchema.ValueKind == JsonValueKind.Object && tool.JsonSchema.TryGetProperty("properties", out JsonElement properties) ? properties.GetRawText() : "{}";
}
