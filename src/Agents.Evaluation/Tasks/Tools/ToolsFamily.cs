using System.Globalization;

namespace Agents.Evaluation.Tasks.Tools;

/// <summary>
/// Choosing one of a few tools for a request and filling its arguments. The answer is one compact call; its name and its arguments
/// are the slots.
/// </summary>
/// <remarks>
/// Sample: question <c>tools: timer(min) buy(n,item) call(who). user: order 3 times 4 eggs</c>, solution
/// <c>tool: buy⏎n: 3*4=12⏎item: eggs⏎answer: buy(12,eggs)</c>. Content that decides the split: request, call and the set of tools.
/// </remarks>
public sealed class ToolsFamily : GeneratedTaskFamily<ToolsPlan>
{
    private static readonly string[] AliasNames = ["qa", "ub", "vo", "xi", "yu", "je", "wu", "ko"];
    private readonly ToolsOptions _options;
    private readonly double[] _weights;
    private readonly double[] _heldOutWeights;

    /// <summary>Creates the family.</summary>
    /// <param name="options">Settings, or null for the defaults.</param>
    /// <exception cref="ArgumentException">Settings are out of range; the message lists all.</exception>
    public ToolsFamily(ToolsOptions? options = null)
        : base((options ?? new ToolsOptions()).FamilyId, (options ?? new ToolsOptions()).Difficulty, (options ?? new ToolsOptions()).HeldOutDifficulty)
    {
        _options = options ?? new ToolsOptions();
        _options.Validate();
        _weights = [.. _options.Catalog.Select(tool => _options.Weights.GetValueOrDefault(tool.Name, 1))];
        _heldOutWeights = [.. _options.Catalog.Select(tool => (_options.HeldOutWeights ?? _options.Weights).GetValueOrDefault(tool.Name, 1))];
    }

    /// <inheritdoc/>
    protected override ToolsPlan Draw(int difficulty, ref SampleStream stream) => Draw(TaskSplit.Train, difficulty, ref stream);

    /// <inheritdoc/>
    protected override ToolsPlan Draw(TaskSplit split, int difficulty, ref SampleStream stream)
    {
        double[] weights = split == TaskSplit.Train ? _weights : _heldOutWeights;
        IReadOnlyList<double>? phrases = split == TaskSplit.Train ? _options.Phrases : _options.HeldOutPhrases ?? _options.Phrases;
        ToolKind tool = _options.Catalog[stream.PickWeighted(weights)];
        while (difficulty == 3 && !tool.Arguments.Contains(null))
        {
            tool = _options.Catalog[stream.PickWeighted(weights)];
        }

        ToolKind[] others = [.. _options.Catalog.Where(other => other != tool)];
        ToolKind[] offered = [tool, .. stream.PickSome(others, stream.Between(_options.MinimumTools, _options.MaximumTools) - 1)];
        stream.Shuffle<ToolKind>(offered);
        string[] aliases = difficulty >= 4 ? stream.PickSome(AliasNames, offered.Length) : [];
        int factorA = 0;
        int factorB = 0;
        var arguments = new string[tool.Parameters.Count];
        for (int i = 0; i < arguments.Length; i++)
        {
            int number = stream.Between(2, 60);
            if (tool.Arguments[i] is { } values)
            {
                arguments[i] = stream.Pick(values);
                continue;
            }

            if (difficulty == 3 && factorA == 0)
            {
                factorA = stream.Between(2, 6);
                factorB = stream.Between(2, 9);
                number = factorA * factorB;
            }

            arguments[i] = number.ToString(CultureInfo.InvariantCulture);
        }

        // From and to must differ, or a swap would go unnoticed.
        if (arguments.Length == 2 && arguments[0] == arguments[1])
        {
            arguments[1] = tool.Arguments[1] is { } values ? stream.PickOther(values, arguments[0]) : "61";
        }

        int phrase = phrases is not null ? stream.PickWeighted(phrases) : difficulty == 1 ? 0 : stream.Between(1, tool.Requests.Count - 1);
        return new ToolsPlan(offered, aliases, Array.IndexOf(offered, tool), arguments, phrase, factorA, factorB);
    }

    /// <inheritdoc/>
    protected override string Content(ToolsPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        string set = string.Join(' ', plan.Offered.Select(tool => tool.Name).Order(StringComparer.Ordinal));
        return FormattableString.Invariant($"{plan.Offered[plan.Tool].Name}({string.Join(',', plan.Arguments)})/{plan.Phrase}/{plan.FactorA}/{plan.Aliases.Count > 0}/{set}");
    }

    /// <inheritdoc/>
    protected override TaskDraft Write(ToolsPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ToolKind tool = plan.Offered[plan.Tool];
        string offered = string.Join(' ', plan.Offered.Select((kind, i) => plan.Aliases.Count > 0 ? plan.Aliases[i] + "=" + kind.Signature : kind.Signature));
        object[] arguments = [.. plan.Arguments];
        int computed = ComputedParameter(plan);
        if (computed >= 0)
        {
            arguments[computed] = FormattableString.Invariant($"{plan.FactorA} times {plan.FactorB}");
        }

        string request = string.Format(CultureInfo.InvariantCulture, tool.Requests[plan.Phrase], arguments);
        string template = computed >= 0 ? "computed" : plan.Aliases.Count > 0 ? "aliased" : plan.Phrase == 0 ? "literal" : "paraphrased";
        string[] facts = [(plan.Aliases.Count > 0 ? plan.Aliases[plan.Tool] + "=" : "") + tool.Signature, "ask " + request];
        return new TaskDraft(_options.SimilarByTool ? template + "/" + tool.Name : template, "tools: " + offered + ". user: " + request, Finish(plan, plan.Tool, plan.Arguments), facts);
    }

    /// <inheritdoc/>
    protected override CorruptedSolution Corrupt(ToolsPlan plan, TaskSolution right, ref SampleStream stream)
    {
        ArgumentNullException.ThrowIfNull(plan);
        string[] arguments = [.. plan.Arguments];
        int at = stream.NextInt(arguments.Length);
        switch (stream.NextInt(3))
        {
            case 0:
                int other = stream.NextInt(plan.Offered.Count);
                return new(Finish(plan, other, Fit(plan.Offered[other], arguments, ref stream)), CorruptionKind.WrongTool, 0);
            case 1 when arguments.Length == 2:
                (arguments[0], arguments[1]) = (arguments[1], arguments[0]);
                return new(Finish(plan, plan.Tool, arguments), CorruptionKind.SwappedOperand, 1);
            default:
                arguments[at] = plan.Offered[plan.Tool].Arguments[at] is { } values
                    ? stream.PickOther(values, arguments[at])
                    : (int.Parse(arguments[at], CultureInfo.InvariantCulture) + stream.Between(1, 9)).ToString(CultureInfo.InvariantCulture);
                return new(Finish(plan, plan.Tool, arguments), CorruptionKind.WrongArgument, at + 1);
        }
    }

    /// <summary>Index of the parameter whose number is computed, or -1.</summary>
    private static int ComputedParameter(ToolsPlan plan)
    {
        for (int i = 0; plan.FactorA > 0 && i < plan.Arguments.Count; i++)
        {
            if (plan.Offered[plan.Tool].Arguments[i] is null)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Arguments for a wrong tool: those of the right one, cut or padded to its number of parameters.</summary>
    private static string[] Fit(ToolKind tool, string[] arguments, ref SampleStream stream)
    {
        var fitted = new string[tool.Parameters.Count];
        for (int i = 0; i < fitted.Length; i++)
        {
            fitted[i] = i < arguments.Length ? arguments[i]
                : tool.Arguments[i] is { } values ? stream.Pick(values) : stream.Between(2, 60).ToString(CultureInfo.InvariantCulture);
        }

        return fitted;
    }

    private static TaskSolution Finish(ToolsPlan plan, int chosen, IReadOnlyList<string> arguments)
    {
        ToolKind tool = plan.Offered[chosen];
        string name = plan.Aliases.Count > 0 ? plan.Aliases[chosen] : tool.Name;
        var lines = new List<string> { plan.Aliases.Count > 0 ? "tool: " + tool.Name + " is " + name : "tool: " + name };
        int computed = chosen == plan.Tool ? ComputedParameter(plan) : -1;
        for (int i = 0; i < tool.Parameters.Count; i++)
        {
            string sum = i == computed && arguments[i].All(char.IsAsciiDigit) ? FormattableString.Invariant($"{plan.FactorA}*{plan.FactorB}=") : "";
            lines.Add(tool.Parameters[i] + ": " + sum + arguments[i]);
        }

        return new TaskSolution(lines, [name, .. arguments], name + "(" + string.Join(',', arguments) + ")");
    }
}
