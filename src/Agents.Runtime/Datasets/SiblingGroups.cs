namespace Agents.Runtime.Datasets;

/// <summary>Texts that were written after one prompt, each text once.</summary>
/// <param name="Groups">The groups in order of first appearance.</param>
/// <param name="Labels">Labels of every text after every prompt: a text that is positive below one parent and negative below another has two.</param>
internal sealed record SiblingGroups(IReadOnlyList<IReadOnlyList<Branch>> Groups, IReadOnlyDictionary<(string Prompt, string Text), bool?> Labels)
{
    /// <summary>Groups texts and removes repeated ones.</summary>
    /// <param name="branches">The texts.</param>
    /// <param name="options">Threshold and what becomes of conflicts.</param>
    /// <param name="dropped">Counts what is removed.</param>
    public static SiblingGroups Of(IReadOnlyList<Branch> branches, DatasetOptions options, DatasetCounts dropped)
    {
        IReadOnlyList<Branch> valued = options.Conflicts == DatasetConflicts.Merge ? Merged(branches) : branches;
        List<IReadOnlyList<Branch>> groups = [];
        foreach (IGrouping<string, Branch> siblings in valued.GroupBy(branch => branch.SiblingKey, StringComparer.Ordinal))
        {
            List<Branch> distinct = [];
            foreach (IGrouping<string, Branch> same in siblings.GroupBy(branch => branch.Text, StringComparer.Ordinal))
            {
                Branch[] copies = [.. same];
                if (copies.Select(copy => copy.Value > options.MinimumValue).Distinct().Count() > 1)
                {
                    dropped.Add("identical with another label", copies.Length);
                    continue;
                }

                dropped.Add("identical sibling", copies.Length - 1);
                distinct.Add(copies[0]);
            }

            if (distinct.Count > 0)
            {
                groups.Add(distinct);
            }
        }

        Dictionary<(string, string), bool?> labels = [];
        foreach (Branch branch in groups.SelectMany(group => group))
        {
            bool label = branch.Value > options.MinimumValue;
            (string, string) key = (branch.PromptKey, branch.Normalized);
            labels[key] = labels.TryGetValue(key, out bool? known) && known != label ? null : label;
        }

        return new SiblingGroups(groups, labels);
    }

    /// <summary>Gives all copies of a text after one prompt the mean of their values.</summary>
    private static Branch[] Merged(IReadOnlyList<Branch> branches)
    {
        Dictionary<(string, string), double> means = branches
            .GroupBy(branch => (branch.PromptKey, branch.Text))
            .ToDictionary(copies => copies.Key, copies => copies.Average(copy => copy.Value));
        return [.. branches.Select(branch => branch with { Value = means[(branch.PromptKey, branch.Text)] })];
    }
}
