export default {
  loading: '正在载入', failed: '没有办成，请稍后再试。', offline: '连不上服务器，请检查网络后重试。', requestId: '编号',
  retry: '重试', cancel: '取消', save: '保存', close: '关闭', confirm: '确定', add: '新增', edit: '修改', remove: '移除', back: '返回', print: '打印',
  more: '再看一些', shown: '已显示 {shown} / {total}', select: '选择', selectAll: '全选', selected: '已选 {n} 项', clear: '取消选择', columns: '列', export: '导出表格',
  reason: '原因', reasonHint: '会记入操作日志', pickOrganization: '选择机构', pickPerson: '姓名、拼音或完整证件号', all: '全部', none: '无', yes: '是', no: '否', saved: '已保存', until: '{from} 至 {to}', now: '今', people: '{n} 人',
  required: '必填', unsaved: '有未保存的内容，确定离开？', loadError: '没有载入', rule: '规则 {version}', level: { 1: '一级', 2: '二级', 3: '三级', 4: '四级', 5: '五级' },
  levelLong: { 1: '一级 / 高级技师', 2: '二级 / 技师', 3: '三级 / 高级工', 4: '四级 / 中级工', 5: '五级 / 初级工' },
  state: { failed: '没有载入', offline: '现在没有网络', forbidden: '没有权限', forbiddenHint: '您的账号不能看这一页。需要时请联系本机构或区民政局的管理员。', missing: '没有找到', empty: '这里还没有内容' },
  role: { admin: '系统管理员', cityBureau: '市民政局', districtBureau: '区民政局', subdistrict: '街镇', institution: '养老机构', school: '培训学校', assessor: '评价机构', caregiver: '护理员', auditor: '审计员' },
  kind: { cityBureau: '市民政局', districtBureau: '区民政局', subdistrict: '街镇', institution: '养老机构', trainingSchool: '培训学校', practiceBase: '实训基地', assessmentBody: '评价机构', operatorGroup: '养老集团' },
}
