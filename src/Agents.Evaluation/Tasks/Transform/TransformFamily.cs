using System.Text.RegularExpressions;

namespace Agents.Evaluation.Tasks.Transform;

/// <summary>
/// Compositions of one to six string functions with opaque names. The final line lists the results of all functions in order, so
/// every intermediate result is a slot. Letters are separated by blanks, which keeps them single tokens.
/// </summary>
/// <remarks>
/// Sample: question <c>pim(zor(b c a)) all results?</c>, solution <c>zor: a c b⏎pim: c b a⏎answer: a c b, c b a</c>. Chains in which a
/// function changes nothing are not drawn. Content that decides the split: functions and input, whatever the notation.
/// </remarks>
public sealed partial class TransformFamily : GeneratedTaskFamily<TransformPlan>, IQuestionReader
{
    /// <summary>Id of the family of <see cref="TransformFunctions.Renamed"/>.</summary>
    public const string RenamedId = "transform-renamed";

    private const int MaximumDepth = 6;
    private const string Letters = "abcdefghijklmnopqrstuvwxyz";
    private readonly TransformOptions _options;
    private readonly TransformFunction[] _functions;

    /// <summary>Creates the family.</summary>
    /// <param name="options">Settings, or null for the defaults.</param>
    /// <exception cref="ArgumentException">Settings are out of range; the message lists all.</exception>
    public TransformFamily(TransformOptions? options = null)
        : this("transform", options)
    {
    }

    /// <summary>Creates a family under an id of its own, for functions of its own.</summary>
    /// <param name="id">Stable id; it takes part in the splits.</param>
    /// <param name="options">Settings, or null for the defaults.</param>
    /// <exception cref="ArgumentException">Settings are out of range; the message lists all.</exception>
    public TransformFamily(string id, TransformOptions? options)
        : base(id, (options ?? new TransformOptions()).Difficulty, (options ?? new TransformOptions()).HeldOutDifficulty)
    {
        _options = options ?? new TransformOptions();
        _options.Validate();
        _functions = [.. _options.Functions.Select(name => TransformFunctions.Find(name)!)];
    }

    /// <inheritdoc/>
    public ReadQuestion? Read(string question)
    {
        ArgumentNullException.ThrowIfNull(question);
        Match nested = NestedQuestion().Match(question);
        Match match = nested.Success ? nested : ChainQuestion().Match(question);
        if (!match.Success)
        {
            return null;
        }

        string[] names = match.Groups[1].Value.Split(nested.Success ? "(" : " then ", StringSplitOptions.RemoveEmptyEntries);
        string input = match.Groups[2].Value.Replace(" ", "", StringComparison.Ordinal);
        TransformFunction?[] found = [.. names.Select(name => _functions.FirstOrDefault(function => function.Name == name))];
        if (found.Length > MaximumDepth || found.Contains(null) || input.Length < _options.MinimumLength || input.Length > _options.MaximumLength
            || input.Any(letter => Letters.IndexOf(letter, StringComparison.Ordinal) >= _options.Alphabet))
        {
            return null;
        }

        TransformFunction[] functions = [.. found.Select(function => function!)];
        TransformPlan plan = new(nested.Success ? [.. functions.Reverse()] : functions, input, nested.Success);
        TaskDraft draft = Write(plan);

        // Written back it must be the same text: closing brackets, blanks and the final words are checked by that.
        return draft.Question == question && !IsDegenerate(plan.Functions, input) ? new ReadQuestion(draft, functions.Length, ContentHash.Split(Id, Content(plan))) : null;
    }

    /// <inheritdoc/>
    protected override TransformPlan Draw(int difficulty, ref SampleStream stream)
    {
        while (true)
        {
            var letters = new char[stream.Between(_options.MinimumLength, _options.MaximumLength)];
            for (int i = 0; i < letters.Length; i++)
            {
                letters[i] = Letters[stream.NextInt(_options.Alphabet)];
            }

            var chain = new TransformFunction[difficulty];
            string input = new(letters);
            for (int i = 0; i < difficulty; i++)
            {
                chain[i] = stream.Pick(_functions);
            }

            bool nested = stream.Chance(0.5);
            if (!IsDegenerate(chain, input))
            {
                return new TransformPlan(chain, input, nested);
            }
        }
    }

    /// <inheritdoc/>
    protected override string Content(TransformPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return string.Join(' ', plan.Functions.Select(function => function.Name)) + ":" + plan.Input;
    }

    /// <inheritdoc/>
    protected override TaskDraft Write(TransformPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        string input = Spell(plan.Input);
        string[] names = [.. plan.Functions.Select(function => function.Name)];
        string call = plan.Nested
            ? string.Concat(names.Reverse().Select(name => name + "(")) + input + new string(')', names.Length)
            : string.Join(" then ", names) + " on " + input;
        return new TaskDraft(plan.Nested ? "nested" : "chain", call + (plan.Nested ? " all results?" : ": all results?"), Finish(plan.Functions, Run(plan.Functions, plan.Input, -1, "")), [input, .. names, "ask all results"]);
    }

    /// <inheritdoc/>
    protected override CorruptedSolution Corrupt(TransformPlan plan, TaskSolution right, ref SampleStream stream)
    {
        ArgumentNullException.ThrowIfNull(plan);
        int at = stream.NextInt(plan.Functions.Count);
        List<string> results = Run(plan.Functions, plan.Input, -1, "");
        string before = at == 0 ? plan.Input : results[at - 1];
        switch (stream.NextInt(5))
        {
            case 0:
                return new(Finish(plan.Functions, Run(plan.Functions, plan.Input, at, before)), CorruptionKind.SkippedStep, at);
            case 1:
                string other = stream.PickOther(_functions, plan.Functions[at]).Apply(before);
                return new(Finish(plan.Functions, Run(plan.Functions, plan.Input, at, other)), CorruptionKind.WrongOperation, at);
            case 2:
                results[at] = Disturb(results[at], ref stream);
                return new(Finish(plan.Functions, results), CorruptionKind.WrongSlot, at);
            default:
                return new(Finish(plan.Functions, Run(plan.Functions, plan.Input, at, Disturb(results[at], ref stream))), CorruptionKind.WrongResult, at);
        }
    }

    /// <summary>Whether a function changes nothing or leads back to the input.</summary>
    private static bool IsDegenerate(IReadOnlyList<TransformFunction> functions, string input)
    {
        string text = input;
        foreach (TransformFunction function in functions)
        {
            string next = function.Apply(text);
            if (next == text || next == input)
            {
                return true;
            }

            text = next;
        }

        return false;
    }

    [GeneratedRegex(@"^((?:\w+\()+)((?:[a-z] )*[a-z])\)+ all results\?$", RegexOptions.CultureInvariant)]
    private static partial Regex NestedQuestion();

    [GeneratedRegex(@"^(\w+(?: then \w+)*) on ((?:[a-z] )*[a-z]): all results\?$", RegexOptions.CultureInvariant)]
    private static partial Regex ChainQuestion();

    private static string Spell(string text) => string.Join(' ', text.AsEnumerable());

    private static TaskSolution Finish(IReadOnlyList<TransformFunction> functions, List<string> results) => TaskSolution.Of(
        [.. results.Select((result, i) => functions[i].Name + ": " + Spell(result))],
        [.. results.Select(Spell)]);

    /// <summary>Applies the functions; the result at <paramref name="replaceAt"/> (if any) is replaced and carried on.</summary>
    private static List<string> Run(IReadOnlyList<TransformFunction> functions, string input, int replaceAt, string replacement)
    {
        var results = new List<string>(functions.Count);
        string text = input;
        for (int i = 0; i < functions.Count; i++)
        {
            text = i == replaceAt ? replacement : functions[i].Apply(text);
            results.Add(text);
        }

        return results;
    }

    private string Disturb(string text, ref SampleStream stream)
    {
        char[] letters = text.ToCharArray();
        int at = stream.NextInt(letters.Length);
        if (letters.Length > 1 && stream.Chance(0.5))
        {
            int next = (at + 1) % letters.Length;
            (letters[at], letters[next]) = (letters[next], letters[at]);
        }
        else
        {
            letters[at] = Letters[stream.NextInt(_options.Alphabet)];
        }

        return new string(letters);
    }
}
