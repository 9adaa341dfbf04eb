// Spec: 12-queries. Of several files of one attempt's place, the one that the commit names.
import HudiMetadata
import HudiModel
import LakeBase

extension Snapshot {
  /// The file groups of a listing. Where two base files share group and instant, a retry left one
  /// of them behind: the commit says which counts. [VIEW-7]
  func view(of listing: TableListing) throws(LakeError) -> FileSystemView {
    let view = FileSystemView(listing, inputs)
    var passedOver: [FileGroupID: Set<BaseFileName>] = [:]
    for (group, names) in view.contested {
      for (time, rivals) in Dictionary(grouping: names, by: \.instant) {
        guard let instant = timeline.instant(time), instant.isCompleted, instant.action.isWrite
        else { continue }
        let files = try context.commits.files(of: instant)
        let named = rivals.filter { files[group.partition.appending($0.text)] != nil }
        if named.isEmpty { continue }
        passedOver[group, default: []].formUnion(Set(rivals).subtracting(named))
      }
    }
    return passedOver.isEmpty ? view : FileSystemView(listing, inputs.passing(over: passedOver))
  }
}
