using Agents.Replication;

namespace Agents.Plugins.TestTimeImprovement.Replication;

/// <summary>How well margins tell wrong answers from right ones.</summary>
internal static class RankedMargins
{
    /// <summary>Name of the margin among the values of an observation.</summary>
    public const string Margin = "margin";

    /// <summary>Area under the receiver's curve of −margin for "the answer is wrong": the chance that a wrong answer has the smaller margin, ties counting half. NaN where all are right or all wrong.</summary>
    /// <param name="rows">Observations with a margin and a grade.</param>
    public static double Auroc(IEnumerable<Observation> rows)
    {
        (double Margin, bool Wrong)[] seen = [.. rows.Where(row => row.Correct is not null && row.Values.ContainsKey(Margin)).Select(row => (row.Values[Margin], row.Correct == false)).OrderBy(row => row.Item1)];
        double wrong = seen.Count(row => row.Wrong);
        double right = seen.Length - wrong;
        double larger = 0;
        for (int i = 0; i < seen.Length;)
        {
            int end = i;
            while (end < seen.Length && seen[end].Margin == seen[i].Margin)
            {
                end++;
            }

            double wrongHere = seen[i..end].Count(row => row.Wrong);
            double rightHere = end - i - wrongHere;
            double rightAfter = seen[end..].Count(row => !row.Wrong);
            larger += wrongHere * (rightAfter + (rightHere / 2));
            i = end;
        }

        return larger / (wrong * right);
    }

    /// <summary>Returns the rows in order of their margins, smallest first; ties in order of the items.</summary>
    /// <param name="run">Observations with margins.</param>
    public static int[] Order(ArmRun run) => [.. Enumerable.Range(0, run.Rows.Count).OrderBy(i => Of(run, i)).ThenBy(i => i)];

    /// <summary>Returns the margin of a row; 1 where there is none.</summary>
    /// <param name="run">The run.</param>
    /// <param name="row">Row.</param>
    public static double Of(ArmRun run, int row) => run.Rows[row].Seen.Values.GetValueOrDefault(Margin, 1);
}
