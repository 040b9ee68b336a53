using System.Globalization;
using System.Text;

namespace Agents.Evaluation.Tasks.Arithmetic;

/// <summary>Puts a chain of operations into words: bare operations, one owner whose stock changes, or people compared in a row.</summary>
internal static class ArithmeticSurface
{
    public const string Plain = "plain";
    public const string Basket = "basket";
    public const string People = "people";

    private static readonly string[] Gains = ["finds {0} more.", "buys {0}.", "gets {0} from {1}."];
    private static readonly string[] Losses = ["loses {0}.", "gives {0} to {1}.", "sells {0}."];
    private static readonly string[] Halves = ["loses half.", "gives half to {1}.", "sells half."];
    private static readonly string[] Multiples = ["then has {0} times as many.", "gets {0} times as many.", "grows it {0} times."];

    public static int PhraseCount => Gains.Length;

    public static string Question(ArithmeticPlan plan) => plan.Template switch
    {
        Plain => PlainQuestion(plan),
        Basket => BasketQuestion(plan),
        _ => PeopleQuestion(plan),
    };

    public static List<string> Facts(ArithmeticPlan plan)
    {
        List<string> facts = [plan.Start.ToString(CultureInfo.InvariantCulture)];
        foreach (ArithmeticStep step in plan.Steps)
        {
            facts.Add(step.Operator == '&' ? "+last" : FormattableString.Invariant($"{step.Operator}{step.Operand}"));
        }

        facts.Add(plan.Template == Plain ? "ask result" : "ask " + plan.Thing);
        return facts;
    }

    private static string PlainQuestion(ArithmeticPlan plan)
    {
        var text = new StringBuilder(FormattableString.Invariant($"start {plan.Start}"));
        foreach (ArithmeticStep step in plan.Steps)
        {
            text.Append(step.Operator switch
            {
                '+' => FormattableString.Invariant($", add {step.Operand}"),
                '-' => FormattableString.Invariant($", take {step.Operand}"),
                '*' => FormattableString.Invariant($", times {step.Operand}"),
                _ => ", half",
            });
        }

        return text.Append(". result?").ToString();
    }

    private static string BasketQuestion(ArithmeticPlan plan)
    {
        var text = new StringBuilder();
        int first = 0;
        if (plan.Steps[0].Operator == '*' && plan.Phrases[0] == 0)
        {
            // The same multiplication as groups of equal size.
            text.Append(CultureInfo.InvariantCulture, $"{plan.Names[0]} has {plan.Start} bags of {plan.Steps[0].Operand} {plan.Thing}.");
            first = 1;
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $"{plan.Names[0]} has {plan.Start} {plan.Thing}.");
        }

        if (plan.Distractor > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" {plan.Names[0]} is {plan.Distractor}.");
        }

        for (int i = first; i < plan.Steps.Count; i++)
        {
            string[] phrases = plan.Steps[i].Operator switch
            {
                '+' => Gains,
                '-' => Losses,
                '*' => Multiples,
                _ => Halves,
            };
            text.Append(' ').Append(string.Format(CultureInfo.InvariantCulture, phrases[plan.Phrases[i]], plan.Steps[i].Operand, plan.Names[i + 1]));
        }

        return text.Append(" how many?").ToString();
    }

    private static string PeopleQuestion(ArithmeticPlan plan)
    {
        var text = new StringBuilder(FormattableString.Invariant($"{plan.Names[0]} has {plan.Start} {plan.Thing}."));
        bool together = plan.Steps[^1].Operator == '&';
        int people = together ? plan.Steps.Count - 1 : plan.Steps.Count;
        for (int i = 0; i < people; i++)
        {
            string name = plan.Names[i + 1];
            string before = plan.Names[i];
            int operand = plan.Steps[i].Operand;
            text.Append(plan.Steps[i].Operator switch
            {
                '+' => FormattableString.Invariant($" {name} {operand} more than {before}."),
                '-' => FormattableString.Invariant($" {name} {operand} less than {before}."),
                '*' => FormattableString.Invariant($" {name} {operand} times {before}."),
                _ => $" {name} half of {before}.",
            });
        }

        if (plan.Distractor > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" {plan.Names[people]} is {plan.Distractor}.");
        }

        return together
            ? text.Append(CultureInfo.InvariantCulture, $" {plan.Names[people - 1]} and {plan.Names[people]}?").ToString()
            : text.Append(CultureInfo.InvariantCulture, $" {plan.Names[people]}?").ToString();
    }
}
